/** Email and password, with each failure told apart. Knows the session; never what comes after it. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ApiError, asApiError } from '@/api/problem';
import { ProblemView } from '@/ui/ProblemView';
import { signIn } from './session';

interface Props {
  /** Who signs in again; asked when absent. */
  email?: string;
  onDone: () => void;
  /** Beside the button. */
  beside?: React.ReactNode;
}

export function SignInForm({ email: known, onDone, beside }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [email, setEmail] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const wrong = error?.code === 'wrong_password';

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(client, email.trim(), password);
      onDone();
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} style={{ display: 'grid', gap: '1rem' }}>
      <TextInput
        label={t('sign_in.email')}
        type="email"
        name="email"
        autoComplete="username"
        required
        withAsterisk={false}
        size="md"
        value={email}
        readOnly={known !== undefined}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('sign_in.password')}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        size="md"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        aria-invalid={wrong || undefined}
        error={wrong ? t('sign_in.wrong') : undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
        data-autofocus={known !== undefined || undefined}
      />
      {error !== null && !wrong && <ProblemView error={error} />}
      <div style={{ display: 'flex', gap: '0.5rem', flexWrap: 'wrap', justifyContent: 'flex-end' }}>
        {beside}
        <Button type="submit" size="md" loading={busy} style={{ flex: 1 }}>
          {t('sign_in.action')}
        </Button>
      </div>
    </form>
  );
}
