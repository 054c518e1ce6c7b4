/** One alert: what is wrong, what people answered, and how it went. Knows alerts; never the rule behind one. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { useSensorLive } from '@/api/sensor-live';
import { alertQuery, allDevicesQuery, deviceQuery } from '@/api/sensor-queries';
import type { AlertStory } from '@/api/sensors';
import { localText } from '@/i18n/local';
import { sentence } from '@/i18n/sentence';
import { useFormats, useLang } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { Facts } from '@/ui/Facts';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { AlertMark, LevelMark } from '@/widgets/alert/LevelMark';
import { useAlertWords } from '@/widgets/alert/words';
import { MetricChart } from '@/widgets/chart/MetricChart';
import { around } from '@/widgets/chart/window';
import { metricOf, useMetricTitle } from '@/widgets/device/values';
import { AlertAnswers } from './AlertAnswers';
import classes from './Alerts.module.css';

const HOURS = 24;

export function AlertPage() {
  const { t } = useTranslation('alerts');
  const { alertId } = useParams({ from: '/frame/alerts/$alertId' });
  const words = useAlertWords();
  const may = useMay('operate');
  const found = useQuery(alertQuery(alertId));
  useSensorLive();
  const back = <Link to="/alerts">{t('title')}</Link>;
  if (found.isPending) return <PageBones />;
  if (found.isError) {
    return (
      <>
        <PageHead title={t('alert')} back={back} />
        <ProblemView error={found.error} retry={() => void found.refetch()} />
      </>
    );
  }
  const alert = found.data;
  return (
    <>
      <PageHead
        title={words.title(alert)}
        back={back}
        beside={
          <>
            <LevelMark level={alert.level} />
            <AlertMark state={alert.state} />
          </>
        }
        lead={[words.value(alert), alert.place].filter(Boolean).join(' · ') || undefined}
      />
      {may && alert.state !== 'cleared' && <AlertAnswers alert={alert} />}
      <AlertFacts alert={alert} />
      <div className={classes.columns}>
        {alert.device_id !== null && alert.metric ? (
          <Measured alert={alert} device={alert.device_id} metric={alert.metric} />
        ) : (
          <Group alert={alert} />
        )}
        <Panel title={t('timeline')}>
          <Timeline alert={alert} />
        </Panel>
      </div>
    </>
  );
}

function AlertFacts({ alert }: { alert: AlertStory }) {
  const { t } = useTranslation('alerts');
  const show = useFormats();
  const lang = useLang();
  return (
    <Facts
      facts={[
        [t('fact.since'), show.moment(alert.since)],
        !!alert.cleared_at && [t('fact.cleared'), show.moment(alert.cleared_at)],
        [
          t('fact.lasted'),
          show.span((alert.cleared_at ? Date.parse(alert.cleared_at) : Date.now()) - Date.parse(alert.since)),
        ],
        alert.device_id !== null && [
          t('fact.device'),
          <Link key="device" to="/devices/$deviceId" params={{ deviceId: alert.device_id }}>
            {alert.device_name ?? t('fact.see_device')}
          </Link>,
        ],
        [
          t('fact.workflow'),
          <Link key="workflow" to="/workflows/$workflowId" params={{ workflowId: alert.workflow_id }}>
            {localText(alert.workflow_name, lang) ?? t('fact.see_workflow')}
          </Link>,
        ],
        !!alert.run_id && [
          t('fact.run'),
          <Link key="run" to="/runs/$runId" params={{ runId: alert.run_id }}>
            {t('fact.see_run')}
          </Link>,
        ],
        !!alert.solved_by && [
          t('fact.solved'),
          [alert.solved_by, alert.solved_note].filter(Boolean).join(': '),
        ],
      ]}
    />
  );
}

interface MeasuredProps {
  alert: AlertStory;
  device: string;
  metric: string;
}

function Measured({ alert, device, metric: name }: MeasuredProps) {
  const title = useMetricTitle();
  const found = useQuery(deviceQuery(device));
  const metric = found.data ? metricOf(found.data, name) : { name };
  return (
    <Panel title={title(metric)}>
      <MetricChart
        // What is over is looked at as it was; what is not goes on.
        key={alert.cleared_at ?? 'open'}
        device={device}
        metric={metric}
        label={title(metric)}
        hours={HOURS}
        made={found.data?.created_at}
        height={260}
        {...(alert.cleared_at && {
          first: around({ from: Date.parse(alert.since), to: Date.parse(alert.cleared_at) }, Date.now()),
        })}
      />
    </Panel>
  );
}

/** One cause, many devices: each by its name. */
function Group({ alert }: { alert: AlertStory }) {
  const { t } = useTranslation('alerts');
  const { data } = useQuery(allDevicesQuery);
  const ids = alert.devices ?? (alert.device_id === null ? [] : [alert.device_id]);
  return (
    <Panel
      title={t('devices', { count: ids.length })}
      {...(alert.cause && { lead: t(`cause_help.${alert.cause}`) })}
    >
      <ul className={classes.devices}>
        {ids.map((id) => (
          <li key={id}>
            <Link to="/devices/$deviceId" params={{ deviceId: id }}>
              {data?.find((device) => device.id === id)?.name ?? t('fact.see_device')}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Timeline({ alert }: { alert: AlertStory }) {
  const show = useFormats();
  return (
    <ol className={classes.timeline}>
      {alert.timeline.map((entry) => (
        <li key={`${entry.at} ${entry.kind} ${entry.says}`} data-kind={entry.kind}>
          <p>{sentence(entry.says)}</p>
          <span className={classes.about}>
            {show.moment(entry.at)} · <Ago at={entry.at} />
            {entry.by ? ` · ${entry.by}` : ''}
          </span>
        </li>
      ))}
    </ol>
  );
}
