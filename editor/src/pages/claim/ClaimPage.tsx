/**
 * Where the link of a claim code leads: what to do with the code, for whoever stands before the device with a phone.
 *
 * Knows what a node asks for; nothing of who is signed in. The code stays in this browser: the node itself shows it to
 * the server, and only once, so this page must not.
 */
import { useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BarePage } from '@/app/frame/BarePage';
import { CopyField } from '@/ui/CopyField';
import { PageHead } from '@/ui/PageHead';
import { Rich } from '@/ui/Rich';
import classes from './ClaimPage.module.css';
import { codeOf } from './code';

/** Where a node shows its form once a phone is in its network. */
const NODE = 'http://192.168.4.1';
const CLAIMS = '/api/v1/claims';

export function ClaimPage() {
  const { t } = useTranslation('claim');
  const code = codeOf(useLocation({ select: ({ hash }) => hash }));
  if (code === undefined) {
    return (
      <BarePage width="34rem">
        <PageHead title={t('none.title')} lead={t('none.words')} />
      </BarePage>
    );
  }
  const { origin, protocol } = window.location;
  const command = `curl -X POST ${origin}${CLAIMS} -H 'Content-Type: application/json' -d '{"code":"${code}"}'`;
  return (
    <BarePage width="34rem">
      <PageHead title={t('title')} lead={t('lead')} />
      <p className={classes.code}>{code}</p>
      <dl className={classes.fields}>
        <dt>{t('code')}</dt>
        <dd>
          <CopyField label={t('code')} value={code} />
        </dd>
        <dt>{t('server')}</dt>
        <dd>
          {/* Nodes speak no TLS, so an https address would be refused by their form. */}
          {protocol === 'http:' ? <CopyField label={t('server')} value={origin} /> : t('plain')}
        </dd>
      </dl>
      <ol className={classes.steps}>
        <li>{t('step.power')}</li>
        <li>
          <Rich text={t('step.join')} />
        </li>
        <li>
          <Rich text={t('step.form', { address: NODE })} />
        </li>
        <li>{t('step.fill')}</li>
        <li>{t('step.done')}</li>
      </ol>
      <details>
        <summary className={classes.summary}>{t('own.title')}</summary>
        <p className={classes.hint}>{t('own.words')}</p>
        <CopyField label={t('own.command')} value={command} />
      </details>
    </BarePage>
  );
}
