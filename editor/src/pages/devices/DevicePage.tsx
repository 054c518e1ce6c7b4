/** One device: how it stands, what it measured, what it can be told, and how it connects. Knows no kind of device. */
import { Button } from '@mantine/core';
import { IconPencil, IconReportAnalytics } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { useSensorLive } from '@/api/sensor-live';
import { deviceQuery } from '@/api/sensor-queries';
import type { DeviceView } from '@/api/sensors';
import { sentence } from '@/i18n/sentence';
import { useFormats } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { Facts } from '@/ui/Facts';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { DeviceMark } from '@/widgets/device/DeviceMark';
import { metricsOf } from '@/widgets/device/values';
import { CommandsPart } from './CommandsPart';
import { ConnectPart } from './ConnectPart';
import { DeleteDevice } from './DeleteDevice';
import { DeviceAlerts } from './DeviceAlerts';
import classes from './Devices.module.css';
import { MeasurePart } from './MeasurePart';
import { SettingsPart } from './SettingsPart';
import { ValuesPart } from './ValuesPart';

export function DevicePage() {
  const { t } = useTranslation('devices');
  const { deviceId } = useParams({ from: '/frame/devices/$deviceId' });
  const found = useQuery(deviceQuery(deviceId));
  useSensorLive();
  const back = <Link to="/devices">{t('title')}</Link>;
  if (found.isPending) return <PageBones />;
  if (found.isError) {
    return (
      <>
        <PageHead title={t('device')} back={back} />
        <ProblemView error={found.error} retry={() => void found.refetch()} />
      </>
    );
  }
  return <Device key={deviceId} device={found.data} back={back} />;
}

function Device({ device, back }: { device: DeviceView; back: React.ReactNode }) {
  const { t } = useTranslation('devices');
  const may = useMay('connect');
  const mayOperate = useMay('operate');
  const [chosen, setChosen] = useState<string>();
  const names = metricsOf(device).map(({ name }) => name);
  const metric = chosen ?? names[0];
  const { reason, state } = device.status;
  return (
    <>
      <PageHead
        title={device.name}
        back={back}
        beside={<DeviceMark state={state} />}
        lead={
          [device.place, device.model, ...device.tags.map((tag) => `#${tag}`)].filter(Boolean).join(' · ') ||
          undefined
        }
        actions={
          <>
            {metric !== undefined && (
              <Button
                variant="default"
                leftSection={<IconReportAnalytics size={18} aria-hidden />}
                renderRoot={(props) => (
                  <Link to="/reports/cold-chain" search={{ device: device.id, metric }} {...props} />
                )}
              >
                {t('report')}
              </Button>
            )}
            {may && (
              <Button
                variant="default"
                leftSection={<IconPencil size={18} aria-hidden />}
                renderRoot={(props) => (
                  <Link to="/devices/$deviceId/edit" params={{ deviceId: device.id }} {...props} />
                )}
              >
                {t('edit')}
              </Button>
            )}
          </>
        }
      />
      {reason && state !== 'online' && (
        <p className={classes.notice} data-tone={state === 'offline' ? 'bad' : 'wait'}>
          {sentence(reason)}
        </p>
      )}
      <DeviceAlerts device={device} />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <ValuesPart device={device} names={names} chosen={metric} onChoose={setChosen} />
          {metric !== undefined && <MeasurePart key={metric} device={device} name={metric} />}
        </div>
        <div className={classes.stack}>
          {device.profile.actuators.length > 0 && <CommandsPart device={device} may={mayOperate} />}
          <ConnectPart device={device} may={may} />
          <Session device={device} />
          <SettingsPart device={device} may={may} />
          {device.note && (
            <Panel title={t('note')}>
              <p className={classes.note}>{device.note}</p>
            </Panel>
          )}
          {may && <DeleteDevice device={device} />}
        </div>
      </div>
    </>
  );
}

/** Why a device began anew, as it may say it. */
const RESETS = ['other', 'power_on', 'brownout', 'watchdog', 'panic', 'restart', 'update', 'wake'] as const;

function resetOf(word: string): (typeof RESETS)[number] {
  return RESETS.find((known) => known === word) ?? 'other';
}

function Session({ device }: { device: DeviceView }) {
  const { t } = useTranslation('devices');
  const show = useFormats();
  const { status } = device;
  return (
    <Panel title={t('session.title')}>
      <div className={classes.flat}>
        <Facts
          facts={[
            [t('session.seen'), status.seen_at ? <Ago key="seen" at={status.seen_at} /> : t('never_seen')],
            !!status.connected_at && [t('session.connected'), show.moment(status.connected_at)],
            !!status.since && [t('session.since'), show.moment(status.since)],
            !!status.firmware && [t('session.firmware'), <code key="firmware">{status.firmware}</code>],
            !!status.reset && [t('session.reset'), t(`session.resets.${resetOf(status.reset)}`)],
            [t('session.lost'), t('session.lost_count', { count: status.lost ?? 0 })],
          ]}
        />
      </div>
    </Panel>
  );
}
