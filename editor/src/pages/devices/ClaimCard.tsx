/** A code by which a device becomes ours, as letters, as a link and as a picture to scan; it can be printed. Knows no device. */
import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { encode } from 'uqr';
import type { ClaimCode } from '@/api/sensors';
import { useFormats } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { CopyField } from '@/ui/CopyField';
import classes from './Claim.module.css';

export function ClaimCard({ claim, name }: { claim: ClaimCode; name: string }) {
  const { t } = useTranslation('devices');
  const show = useFormats();
  const link = claim.link ?? `${window.location.origin}/claim#${claim.code}`;
  return (
    <section className={classes.card} aria-label={t('claim.title')} data-print>
      <Code text={link} label={t('claim.picture')} />
      <div className={classes.words}>
        <p className={classes.name}>{name}</p>
        <p className={classes.code}>{claim.code}</p>
        <p className={classes.hint}>
          {t('claim.expires', { at: show.moment(claim.expires_at) })} (<Ago at={claim.expires_at} />)
        </p>
        <div className={classes.tools}>
          <CopyField label={t('claim.link')} value={link} />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPrinter size={16} aria-hidden />}
            onClick={() => window.print()}
          >
            {t('claim.print')}
          </Button>
        </div>
        <p className={classes.hint}>{t('claim.how')}</p>
      </div>
    </section>
  );
}

/** Dark on light in every colour scheme: that is how cameras read it. */
function Code({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const made = encode(text, { ecc: 'M', border: 2 });
    const cells = made.data.flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    return { size: made.size, path: cells.join('') };
  }, [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className={classes.picture}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
