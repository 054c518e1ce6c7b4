/** The button for numbers, and the strip of whatever is drawn over the cards. Knows which overlay is on; never its marks. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { part } from '@/api/part';
import { runQuery } from '@/api/runs';
import { toast } from '@/ui/toast';
import { useDraftParts, useSample } from '../draft';
import { readRun } from '../sample/sample';
import { useStore } from '../store';
import { DockPlace } from './Dock';
import { hideOverlay, overlayOf, showOverlay } from './store';

const NumbersDock = lazy(async () => ({ default: (await part(() => import('./NumbersDock'))).NumbersDock }));
const RunDock = lazy(async () => ({ default: (await part(() => import('./RunDock'))).RunDock }));

export function Overlays() {
  const { t } = useTranslation('overlay');
  const parts = useDraftParts();
  const { session, ui } = parts;
  const kind = useStore(overlayOf(session), (overlay) => overlay.kind);
  const { run } = useSearch({ from: '/frame/workflows/$workflowId' });
  useSampleFromAddress();
  useEffect(() => {
    if (run !== undefined) ui.set({ view: 'canvas' });
  }, [run, ui]);
  const isOn = kind === 'numbers';
  const toggle = () => {
    if (isOn) hideOverlay(parts, 'numbers');
    else {
      ui.set({ view: 'canvas' });
      showOverlay(parts, 'numbers');
    }
  };
  return (
    <>
      <Tooltip label={t('numbers')}>
        <ActionIcon
          variant={isOn ? 'light' : 'subtle'}
          color={isOn ? 'brand' : 'gray'}
          size={36}
          aria-label={t('numbers')}
          aria-pressed={isOn}
          onClick={toggle}
        >
          <IconChartBar size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <DockPlace>
        <Suspense>
          {run !== undefined && (kind === 'none' || kind === 'run') && <RunDock key={run} id={run} />}
          {isOn && <NumbersDock />}
        </Suspense>
      </DockPlace>
    </>
  );
}

/** An address that names a run pins its data: what is previewed and rehearsed is this one. */
function useSampleFromAddress(): void {
  const { t } = useTranslation('overlay');
  const { sample: wanted } = useSearch({ from: '/frame/workflows/$workflowId' });
  const client = useQueryClient();
  const navigate = useNavigate();
  const sample = useSample();
  const pin = useRef(sample.pin);
  pin.current = sample.pin;
  useEffect(() => {
    if (wanted === undefined) return;
    const bring = async () => {
      const run = await client.fetchQuery(runQuery(wanted));
      const found = await readRun(run);
      if (found) pin.current(found);
      return found !== undefined;
    };
    bring().then(
      (done) => {
        toast(t(done ? 'pinned' : 'not_pinned'));
        void navigate({ to: '.', search: {}, replace: true });
      },
      () => toast(t('not_pinned')),
    );
  }, [wanted, client, navigate, t]);
}
