/** Makes an API key and shows it this once. Forgets it when closed. */
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '@/api/client';
import type { Role } from '@/api/schema.gen';
import { CopyField } from '@/ui/CopyField';
import { ProblemView } from '@/ui/ProblemView';
import { keysQuery, makeKey, ROLES, roleOf } from './queries';
import classes from './Settings.module.css';

export function MakeKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['settings', 'shell']);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('support');
  const [once] = useState(newKey);
  const make = useMutation({
    mutationFn: () => makeKey({ name: name.trim(), role }, once),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  const secret = make.data?.key;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.make')}
      closeOnClickOutside={secret === undefined}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      {secret ? (
        <div className={classes.form}>
          <p style={{ margin: 0 }}>{t('keys.once')}</p>
          <CopyField label={t('keys.key')} value={secret} />
          <Button onClick={onClose} style={{ justifySelf: 'end' }}>
            {t('keys.done')}
          </Button>
        </div>
      ) : (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate();
          }}
        >
          <TextInput
            label={t('keys.name')}
            description={t('keys.name_help')}
            required
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t('members.role')}
            data={ROLES.map((each) => ({ value: each, label: t(`shell:role.${each}`) }))}
            value={role}
            onChange={(next) => next !== null && setRole(roleOf(next))}
          />
          <p className="soft" style={{ margin: 0, fontSize: '0.8125rem' }}>
            {t(`role_may.${role}`)}
          </p>
          {make.isError && <ProblemView error={make.error} />}
          <Button type="submit" loading={make.isPending} style={{ justifySelf: 'end' }}>
            {t('keys.make')}
          </Button>
        </form>
      )}
    </Modal>
  );
}
