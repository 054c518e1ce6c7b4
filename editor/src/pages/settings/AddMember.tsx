/** Adds somebody to the organisation. Knows what the server asks for; never how a password is kept. */
import { Button, Modal, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '@/api/client';
import { asApiError, fieldError } from '@/api/problem';
import type { Role } from '@/api/schema.gen';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { addMember, membersQuery, ROLES, roleOf } from './queries';
import classes from './Settings.module.css';

export function AddMember({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['settings', 'shell']);
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('marketing');

  const add = useMutation({
    mutationFn: () =>
      addMember(
        { email: email.trim(), name: name.trim(), role, ...(password === '' ? {} : { password }) },
        newKey(),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: membersQuery.queryKey });
      toast(t('members.added'));
      onClose();
    },
  });
  const error = add.isError ? asApiError(add.error) : null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('members.add')}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <TextInput
          label={t('members.email')}
          type="email"
          autoComplete="off"
          required
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={fieldError(error, 'email')?.message}
        />
        <TextInput
          label={t('members.name')}
          autoComplete="off"
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
        <PasswordInput
          label={t('members.password')}
          description={t('members.password_help')}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={fieldError(error, 'password')?.message}
          visibilityToggleButtonProps={{ 'aria-label': t('shell:sign_in.show_password'), tabIndex: 0 }}
        />
        {error !== null && <ProblemView error={error} shown={['email', 'password']} />}
        <Button type="submit" loading={add.isPending} style={{ justifySelf: 'end' }}>
          {t('members.add')}
        </Button>
      </form>
    </Modal>
  );
}
