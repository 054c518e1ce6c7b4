/** Takes a document from a file or from what somebody pastes. Knows texts, not what is in them. */
import { Button, FileButton, Textarea } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Format } from '@/api/workflows';
import { formatOf } from './documents';

/** What the server takes at most. */
const BYTES_MAX = 1024 * 1024;

export function ImportPart({
  busy,
  onMake,
}: {
  busy: boolean;
  onMake: (source: string, format: Format) => void;
}) {
  const { t } = useTranslation('workflows');
  const [text, setText] = useState('');
  const [tooLarge, setTooLarge] = useState(false);

  const take = async (file: File | null) => {
    if (file === null) return;
    setTooLarge(file.size > BYTES_MAX);
    if (file.size <= BYTES_MAX) setText(await file.text());
  };

  return (
    <form
      style={{ display: 'grid', gap: '1rem' }}
      onSubmit={(event) => {
        event.preventDefault();
        onMake(text, formatOf(text));
      }}
    >
      <div>
        <FileButton
          accept=".yaml,.yml,.json,application/json,application/yaml"
          onChange={(file) => void take(file)}
          inputProps={{ 'aria-label': t('import.file') }}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileUpload size={18} aria-hidden />}>
              {t('import.file')}
            </Button>
          )}
        </FileButton>
      </div>
      <Textarea
        label={t('import.text')}
        description={t('import.help')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={10}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
        error={tooLarge ? t('import.too_large') : undefined}
        spellCheck={false}
      />
      <Button type="submit" loading={busy} disabled={text.trim() === ''} style={{ justifySelf: 'end' }}>
        {t('import.action')}
      </Button>
    </form>
  );
}
