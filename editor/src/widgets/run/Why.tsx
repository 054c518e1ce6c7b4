/** Says in words why a step waits, was skipped, refused or failed. Knows the reasons; never how they came. */
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import { useNow } from '@/ui/Ago';
import { type Why as Reason, type Told, whyOf } from './story';
import classes from './Why.module.css';

export function Why({ step }: { step: Told }) {
  return whyOf(step).map((reason) => (
    <p key={reason.key} className={classes.why}>
      <Words reason={reason} />
    </p>
  ));
}

function Words({ reason }: { reason: Reason }) {
  const { t } = useTranslation('runs');
  const show = useFormats();
  const now = useNow();
  const when = (iso: string) => `${show.moment(iso)} (${show.ago(iso, now)})`;
  switch (reason.key) {
    case 'why.until':
      return t('why.until', { until: when(reason.until) });
    case 'why.event':
      return t('why.event', { events: reason.events, until: when(reason.until ?? '') });
    case 'why.event_only':
      return t('why.event_only', { events: reason.events });
    case 'why.asked':
      return t('why.asked', { question: reason.question });
    case 'why.arrived':
      return t('why.arrived', { event: reason.event });
    case 'why.again':
      return t('why.again', { detail: reason.detail, span: reason.span });
    case 'why.raw':
      return <span lang="en">{reason.reason}</span>;
    default:
      return t(reason.key);
  }
}
