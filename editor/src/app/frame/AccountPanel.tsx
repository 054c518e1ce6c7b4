/** Language, colour scheme and signing out. Knows the session; never where it is shown. */
import { Button } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/organisation';
import { signOut } from '@/app/session/session';
import { LanguageChoice } from './LanguageChoice';
import { OrganisationChoice } from './OrganisationChoice';
import { SchemeChoice } from './SchemeChoice';

export function AccountPanel() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery({ ...meQuery, enabled: false });

  const leave = async () => {
    await signOut(client);
    await navigate({ to: '/sign-in', search: {} });
  };

  return (
    <div style={{ display: 'grid', gap: '0.875rem' }}>
      {me !== undefined && (
        <div style={{ fontSize: '0.875rem' }}>
          {me.name ? <strong>{me.name}</strong> : null}
          <div className="soft">{me.email}</div>
          <div className="soft">{t(`role.${me.role}`)}</div>
        </div>
      )}
      <OrganisationChoice />
      <LanguageChoice />
      <SchemeChoice />
      <Button
        variant="default"
        leftSection={<IconLogout size={18} aria-hidden />}
        onClick={() => void leave()}
      >
        {t('sign_out')}
      </Button>
    </div>
  );
}
