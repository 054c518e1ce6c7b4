/** Says in words why a step waits, was skipped, refused or failed. Knows the reasons; never how they came. */
import { useTranslation } from 'react-i18next';
import { sentence } from '@/i18n/sentence';
import { useFormats } from '@/i18n/use-lang';
import { useNow } from '@/ui/Ago';
import { type Why as Reason, type Told, whyOf } from './story';
import { useEventTitle } from './titles';
import classes from './Why.module.css';

/** `now`, in milliseconds of the epoch, is another clock's than the wall's. */
export function Why({ step, now }: { step: Told; now?: number }) {
  return whyOf(step).map((reason) => (
    <p key={reason.key} className={classes.why}>
      <Words reason={reason} clock={now} />
    </p>
  ));
}

function Words({ reason, clock }: { reason: Reason; clock: number | undefined }) {
  const { t } = useTranslation('runs');
  const show = useFormats();
  const wall = useNow();
  const event = useEventTitle();
  const now = clock ?? wall;
  const when = (iso: string) => `${show.moment(iso)} (${show.ago(iso, now)})`;
  switch (reason.key) {
    case 'why.until':
      return t('why.until', { until: when(reason.until) });
    case 'why.event':
      return t('why.event', { events: reason.events.map(event).join(', '), until: when(reason.until ?? '') });
    case 'why.event_only':
      return t('why.event_only', { events: reason.events.map(event).join(', ') });
    case 'why.asked':
      return t('why.asked', { question: reason.question });
    case 'why.arrived':
      return t('why.arrived', { event: event(reason.event) });
    case 'why.unknown':
      return t('why.unknown');
    case 'why.told':
      return sentence(reason.words);
  }
}
