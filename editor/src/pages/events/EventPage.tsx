/** One event: what it carried, and what each workflow that listens made of it. Knows decisions; never a type. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import type { EventRoute, EventView } from '@/api/schema.gen';
import { useWorkflowNames } from '@/api/workflows';
import { localText } from '@/i18n/local';
import { sentence } from '@/i18n/sentence';
import { useFormats, useLang } from '@/i18n/use-lang';
import { Facts } from '@/ui/Facts';
import { JsonEntries } from '@/ui/JsonView';
import { Mark, type Tone } from '@/ui/Mark';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import classes from './EventPage.module.css';
import { type Decision, decisionOf, eventQuery } from './queries';
import { useSourceName } from './use-source';

const TONES: Record<Decision, Tone> = {
  started: 'good',
  queued: 'wait',
  active_already: 'calm',
  condition_false: 'calm',
  condition_failed: 'bad',
  disabled: 'calm',
  broken: 'bad',
  exited: 'info',
  woke: 'good',
  goal: 'good',
};

export function EventPage() {
  const { t } = useTranslation('events');
  const lang = useLang();
  const { eventId } = useParams({ from: '/frame/events/$eventId' });
  const found = useQuery(eventQuery(eventId));
  const { data: catalog } = useCatalog();
  const back = <Link to="/events">{t('title')}</Link>;
  if (found.isPending) return <PageBones />;
  if (found.isError) {
    return (
      <>
        <PageHead title={t('event')} back={back} />
        <ProblemView error={found.error} retry={() => void found.refetch()} />
      </>
    );
  }
  const event = found.data;
  return (
    <>
      <PageHead
        title={localText(catalog?.events[event.type]?.title, lang) ?? event.type}
        back={back}
        lead={<span className="mono">{event.type}</span>}
      />
      <EventFacts event={event} />
      <div className={classes.columns}>
        <Panel title={t('led_to.title')}>
          <Routes event={event} />
        </Panel>
        <Panel title={t('data')}>
          <JsonEntries value={event.data} />
        </Panel>
      </div>
    </>
  );
}

function EventFacts({ event }: { event: EventView }) {
  const { t } = useTranslation('events');
  const show = useFormats();
  const sourceName = useSourceName();
  const late = new Date(event.received_at).getTime() - new Date(event.occurred_at).getTime();
  return (
    <Facts
      facts={[
        [t('fact.source'), sourceName(event.source)],
        [t('fact.received'), show.moment(event.received_at)],
        [t('fact.occurred'), late < 1000 ? t('fact.same') : show.moment(event.occurred_at)],
      ]}
    />
  );
}

function Routes({ event }: { event: EventView }) {
  const { t } = useTranslation('events');
  const routes = event.routes;
  if (routes.length === 0) return <p className="soft">{t('led_to.explain')}</p>;
  return (
    <ul className={classes.routes}>
      {routes.map((route, index) => (
        <RouteRow key={`${route.workflow}.${route.run ?? index}`} route={route} />
      ))}
    </ul>
  );
}

function RouteRow({ route }: { route: EventRoute }) {
  const { t } = useTranslation('events');
  const names = useWorkflowNames();
  const decision = decisionOf(route);
  return (
    <li>
      <div className={classes.route}>
        <Link to="/workflows/$workflowId" params={{ workflowId: route.workflow }}>
          {names(route.workflow) ?? t('unnamed_workflow')}
        </Link>
        <Mark tone={TONES[decision]}>{t(`decision.${decision}`)}</Mark>
        {route.run !== null && (
          <Link to="/runs/$runId" params={{ runId: route.run }} className={classes.run}>
            {t('see_run')}
          </Link>
        )}
      </div>
      <p className={classes.why}>{t(`explain.${decision}`)}</p>
      {route.reason !== null && <p className={classes.why}>{sentence(route.reason)}</p>}
    </li>
  );
}
