/** Notifications of alerts on this device: on, off, or what to do where they cannot be had. Knows the states, no alert. */
import { Button } from '@mantine/core';
import { IconBell, IconBellOff, IconBellRinging } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { pushQuery, switchPushOff, switchPushOn, tryPush } from '@/api/push';
import { useLang } from '@/i18n/use-lang';
import { Bones } from '@/ui/PageBones';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import classes from './Settings.module.css';

export function NotificationsPart() {
  const { t } = useTranslation('settings');
  const lang = useLang();
  const client = useQueryClient();
  const found = useQuery(pushQuery);
  const change = useMutation({
    mutationFn: (on: boolean) => (on ? switchPushOn(lang) : switchPushOff()),
    onSettled: () => client.invalidateQueries({ queryKey: pushQuery.queryKey }),
  });
  const trial = useMutation({ mutationFn: tryPush });
  if (found.data === undefined) return <Bones />;
  const state = found.data;
  const isOn = state === 'on';
  return (
    <div className={classes.narrow}>
      <Panel title={t('push.title')} lead={t('push.lead')}>
        <div className={classes.form}>
          <p role="status" style={{ margin: 0 }}>
            {t(`push.state.${state}`)}
          </p>
          {state !== 'off' && state !== 'on' && (
            <p className="soft" style={{ margin: 0 }}>
              {t(`push.todo.${state}`)}
            </p>
          )}
          {(state === 'off' || isOn) && (
            <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
              <Button
                variant={isOn ? 'default' : 'filled'}
                leftSection={
                  isOn ? <IconBellOff size={18} aria-hidden /> : <IconBell size={18} aria-hidden />
                }
                loading={change.isPending}
                onClick={() => change.mutate(!isOn)}
              >
                {t(isOn ? 'push.off' : 'push.on')}
              </Button>
              {isOn && (
                <Button
                  variant="default"
                  leftSection={<IconBellRinging size={18} aria-hidden />}
                  loading={trial.isPending}
                  onClick={() => trial.mutate()}
                >
                  {t('push.try')}
                </Button>
              )}
            </div>
          )}
          {change.isError && <ProblemView error={change.error} />}
          {trial.isError && <ProblemView error={trial.error} />}
        </div>
      </Panel>
      <Panel title={t('install.title')} lead={t('install.lead')}>
        <ul style={{ margin: 0, paddingLeft: '1.1rem' }}>
          <li>{t('install.android')}</li>
          <li>{t('install.ios')}</li>
          <li>{t('install.desktop')}</li>
        </ul>
      </Panel>
    </div>
  );
}
