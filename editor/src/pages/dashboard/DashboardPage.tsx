/** The shop at a glance, as the organisation arranged it. Knows widgets' places; what they show is theirs. */
import { Button } from '@mantine/core';
import { IconArrowBackUp, IconDeviceAnalytics, IconLayoutDashboard, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { useSensorLive } from '@/api/sensor-live';
import { EmptyState } from '@/ui/EmptyState';
import { Mark } from '@/ui/Mark';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { ConflictNote } from './ConflictNote';
import classes from './Dashboard.module.css';
import { Grid } from './Grid';
import { useDashboard } from './use-dashboard';
import { WidgetDialog } from './WidgetDialog';

export function DashboardPage() {
  const { t } = useTranslation(['dashboard', 'shell']);
  const may = useMay('edit');
  const open = useSensorLive();
  const board = useDashboard();
  const { stored, devices, isEditing } = board;
  const [adding, setAdding] = useState(false);
  const error = stored.error ?? devices.error;

  if (error !== null) {
    return (
      <>
        <PageHead title={t('title')} />
        <ProblemView error={error} retry={() => void Promise.all([stored.refetch(), devices.refetch()])} />
      </>
    );
  }
  if (stored.data === undefined || devices.data === undefined) return <PageBones />;
  if (devices.data.length === 0) return <Nothing />;
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t(isEditing ? 'lead_editing' : 'lead')}
        beside={
          <Mark tone={open ? 'good' : 'calm'} pulse={open}>
            {t(open ? 'live' : 'not_live')}
          </Mark>
        }
        actions={
          isEditing ? (
            <>
              <Button
                variant="default"
                leftSection={<IconPlus size={18} aria-hidden />}
                onClick={() => setAdding(true)}
              >
                {t('add')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconArrowBackUp size={18} aria-hidden />}
                disabled={!board.isChanged}
                onClick={board.undo}
              >
                {t('undo')}
              </Button>
              <Button variant="default" onClick={board.leave}>
                {t('shell:cancel')}
              </Button>
              <Button loading={board.save.isPending} onClick={board.store}>
                {t('save')}
              </Button>
            </>
          ) : (
            may && (
              <Button
                variant="default"
                leftSection={<IconLayoutDashboard size={18} aria-hidden />}
                onClick={board.begin}
              >
                {t('arrange')}
              </Button>
            )
          )
        }
      />
      {board.isConflict ? (
        <ConflictNote board={board} />
      ) : (
        board.save.isError && <ProblemView error={board.save.error} />
      )}
      {board.layout.length === 0 ? (
        <p className={classes.none}>{t('none')}</p>
      ) : (
        <Grid board={board} devices={devices.data} />
      )}
      {adding && (
        <WidgetDialog
          devices={devices.data}
          onClose={() => setAdding(false)}
          onDone={(widget) => {
            setAdding(false);
            board.perform({ do: 'add', widget });
          }}
        />
      )}
    </>
  );
}

function Nothing() {
  const { t } = useTranslation('dashboard');
  const may = useMay('connect');
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <EmptyState
        icon={IconDeviceAnalytics}
        title={t('empty.title')}
        actions={
          may && (
            <Button renderRoot={(props) => <Link to="/devices/new" {...props} />}>{t('empty.action')}</Button>
          )
        }
      >
        {t('empty.words')}
      </EmptyState>
    </>
  );
}
