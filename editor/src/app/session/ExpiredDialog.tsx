/**
 * Asks for the password when the session has ended while somebody works; the page stays, what waits is then sent.
 *
 * Knows the session gate; never what waits behind it.
 */
import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/organisation';
import { sessionGate } from '@/api/session-gate';
import { SignInForm } from './SignInForm';
import { signOut } from './session';

export function ExpiredDialog() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ended = useSyncExternalStore(sessionGate.subscribe, sessionGate.isEnded);
  const { data: me } = useQuery({ ...meQuery, enabled: false });

  const leave = async () => {
    await signOut(client);
    location.assign('/sign-in');
  };

  return (
    <Modal
      opened={ended}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('expired.title')}
      zIndex={350}
    >
      <p style={{ margin: '0 0 1rem' }} className="soft">
        {t('expired.words')}
      </p>
      <SignInForm
        {...(me?.email ? { email: me.email } : {})}
        onDone={() => sessionGate.settle(true)}
        beside={
          <Button variant="default" size="md" onClick={() => void leave()}>
            {t('sign_out')}
          </Button>
        }
      />
    </Modal>
  );
}
