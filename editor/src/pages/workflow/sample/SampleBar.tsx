/** What the previews are made of, at the foot of the panel, and the way to another sample. Knows samples; no expression. */
import { Button } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { part } from '@/api/part';
import { useFormats } from '@/i18n/use-lang';
import { useSample } from '../draft';
import { useTitles } from '../say';
import classes from './Sample.module.css';

const SampleDialog = lazy(async () => ({
  default: (await part(() => import('./SampleDialog'))).SampleDialog,
}));

export function SampleBar() {
  const { t } = useTranslation('panel');
  const sample = useSample();
  const titles = useTitles();
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  const event = sample.type === '' ? t('sample.nothing') : titles.event(sample.type);
  const when = sample.at === undefined ? undefined : formats.moment(sample.at);
  return (
    <footer className={classes.bar}>
      <IconTestPipe size={18} aria-hidden />
      <p className={classes.words}>
        {t(`sample_from.${sample.from}`)}: <strong>{event}</strong>
        {when !== undefined && <span className="soft"> · {when}</span>}
      </p>
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        {t('sample.change')}
      </Button>
      {isOpen && (
        <Suspense>
          <SampleDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </footer>
  );
}
