/** The devices of the shop: how each stands and what it last said, found by words and filters. Knows no kind of device. */
import { Button } from '@mantine/core';
import { IconDeviceAnalytics, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { itemsOf } from '@/api/pages';
import { useSensorLive } from '@/api/sensor-live';
import { devicesQuery } from '@/api/sensor-queries';
import type { DeviceView } from '@/api/sensors';
import { sentence } from '@/i18n/sentence';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { Mark } from '@/ui/Mark';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { DeviceMark } from '@/widgets/device/DeviceMark';
import { metricOf, Value } from '@/widgets/device/values';
import { DeviceFilters } from './DeviceFilters';
import classes from './Devices.module.css';
import { TransferButtons } from './TransferButtons';

const VALUES_SHOWN = 3;

export function DevicesPage() {
  const { t } = useTranslation('devices');
  const may = useMay('connect');
  const filter = useSearch({ from: '/frame/devices' });
  const found = useInfiniteQuery(devicesQuery(filter));
  const open = useSensorLive();
  const rows = found.data && itemsOf(found.data);
  const filtered = Object.keys(filter).length > 0;
  const add = (
    <Button
      renderRoot={(props) => <Link to="/devices/new" {...props} />}
      leftSection={<IconPlus size={18} aria-hidden />}
    >
      {t('add')}
    </Button>
  );

  const columns: Column<DeviceView>[] = [
    {
      id: 'name',
      title: t('column.name'),
      lead: true,
      cell: (device) => (
        <>
          <Link to="/devices/$deviceId" params={{ deviceId: device.id }}>
            {device.name}
          </Link>
          <div className={classes.where}>
            {[device.place, ...device.tags.map((tag) => `#${tag}`)].filter(Boolean).join(' · ')}
          </div>
        </>
      ),
    },
    {
      id: 'state',
      title: t('column.state'),
      width: '17rem',
      cell: (device) => <State device={device} />,
    },
    { id: 'last', title: t('column.last'), cell: (device) => <Values device={device} /> },
    {
      id: 'seen',
      title: t('column.seen'),
      wide: true,
      end: true,
      width: '9rem',
      cell: ({ status }) => (
        <span className="soft">{status.seen_at ? <Ago at={status.seen_at} /> : t('never_seen')}</span>
      ),
    },
  ];

  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        beside={
          <Mark tone={open ? 'good' : 'calm'} pulse={open}>
            {t(open ? 'live' : 'not_live')}
          </Mark>
        }
        actions={
          <>
            <TransferButtons may={may} />
            {may && add}
          </>
        }
      />
      <DeviceFilters filter={filter} />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {rows?.length === 0 && (
        <EmptyState
          icon={IconDeviceAnalytics}
          title={t(filtered ? 'none_found.title' : 'empty.title')}
          actions={may && !filtered ? add : undefined}
        >
          {t(filtered ? 'none_found.words' : 'empty.words')}
        </EmptyState>
      )}
      {!found.isError && rows?.length !== 0 && (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          rowKey={(device) => device.id}
          skeletons={8}
        />
      )}
      <LoadMore pages={found} />
    </>
  );
}

function State({ device }: { device: DeviceView }) {
  const { t } = useTranslation('devices');
  const { state, reason } = device.status;
  return (
    <>
      <span className={classes.marks}>
        <DeviceMark state={state} />
        {device.open_alerts > 0 && <Mark tone="bad">{t('open_alerts', { count: device.open_alerts })}</Mark>}
      </span>
      {reason && state !== 'online' && <div className={classes.why}>{sentence(reason)}</div>}
    </>
  );
}

function Values({ device }: { device: DeviceView }) {
  const { t } = useTranslation('devices');
  const rest = device.last.length - VALUES_SHOWN;
  if (device.last.length === 0) return <span className="soft">{t('no_values')}</span>;
  return (
    <ul className={classes.values}>
      {device.last.slice(0, VALUES_SHOWN).map((last) => (
        <li key={last.metric}>
          <Value last={last} metric={metricOf(device, last.metric)} />
        </li>
      ))}
      {rest > 0 && <li className="soft">{t('more_values', { count: rest })}</li>}
    </ul>
  );
}
