/** Chooses one of the templates of this build. Knows their heads; never their steps. */
import { TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowRight, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import classes from './TemplatesPart.module.css';
import { TEMPLATES } from './templates';

export function TemplatesPart({ busy, onChoose }: { busy: boolean; onChoose: (source: string) => void }) {
  const { t } = useTranslation('workflows');
  const lang = useLang();
  const [words, setWords] = useState('');
  const shown = TEMPLATES.filter((template) =>
    `${localText(template.name, lang)} ${localText(template.summary, lang)} ${template.folder}`
      .toLocaleLowerCase()
      .includes(words.trim().toLocaleLowerCase()),
  );
  return (
    <div style={{ display: 'grid', gap: '0.875rem' }}>
      {TEMPLATES.length > 6 && (
        <TextInput
          type="search"
          aria-label={t('templates.search')}
          placeholder={t('templates.search')}
          leftSection={<IconSearch size={17} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      <ul className={classes.list}>
        {shown.map((template) => (
          <li key={template.id}>
            <UnstyledButton
              className={classes.card}
              disabled={busy}
              onClick={() => onChoose(template.source)}
            >
              <span className={classes.words}>
                <strong>{localText(template.name, lang)}</strong>
                <small>{localText(template.summary, lang) ?? template.folder}</small>
              </span>
              <IconArrowRight size={18} aria-hidden />
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="soft">{t('templates.none')}</p>}
      <p className="soft" style={{ margin: 0, fontSize: '0.8125rem' }}>
        {t('templates.note')}
      </p>
    </div>
  );
}
