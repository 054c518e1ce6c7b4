/**
 * Answers people give to an alert, shown at once and taken back when the server refuses.
 *
 * Knows what each answer makes of an alert; never how it is shown.
 */
import { type QueryClient, type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ALERTS, alertQuery } from '@/api/sensor-queries';
import { acknowledgeAlert, noteAlert, snoozeAlert, solveAlert } from '@/api/sensor-requests';
import type { AlertView } from '@/api/sensors';
import { toast } from '@/ui/toast';

export type Answer =
  | { readonly kind: 'acknowledge'; readonly note?: string }
  | { readonly kind: 'snooze'; readonly minutes: number }
  | { readonly kind: 'solve'; readonly note?: string }
  | { readonly kind: 'note'; readonly note: string };

const MINUTE_MS = 60_000;

/** What is shown until the server has said how it stands. */
export function answered(alert: AlertView, answer: Answer, now: number): AlertView {
  switch (answer.kind) {
    case 'acknowledge':
      return { ...alert, state: 'acknowledged', acknowledged_at: new Date(now).toISOString() };
    case 'snooze':
      return {
        ...alert,
        state: 'snoozed',
        snoozed_until: new Date(now + answer.minutes * MINUTE_MS).toISOString(),
      };
    case 'solve':
      // One that is still the case stays open until it is over.
      return alert.state === 'latched'
        ? { ...alert, state: 'cleared', cleared_at: new Date(now).toISOString() }
        : alert;
    case 'note':
      return alert;
  }
}

function send(alert: string, answer: Answer): Promise<unknown> {
  switch (answer.kind) {
    case 'acknowledge':
      return acknowledgeAlert(alert, answer.note);
    case 'snooze':
      return snoozeAlert(alert, answer.minutes);
    case 'solve':
      return solveAlert(alert, answer.note);
    case 'note':
      return noteAlert(alert, answer.note);
  }
}

/** Every place that shows the alert; returns what was there before. */
function put(
  client: QueryClient,
  id: string,
  change: (alert: AlertView) => AlertView,
): [QueryKey, unknown][] {
  const before = client.getQueriesData({ queryKey: ALERTS });
  const one = (alert: AlertView) => (alert.id === id ? change(alert) : alert);
  client.setQueriesData({ queryKey: [...ALERTS, 'list'] }, (found: unknown) => {
    const list = found as { pages: { items: AlertView[] }[] } | undefined;
    return list && { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(one) })) };
  });
  client.setQueryData(alertQuery(id).queryKey, (story) => story && { ...story, ...one(story) });
  return before;
}

export function useAnswer(alert: AlertView) {
  const { t } = useTranslation('alerts');
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: Answer) => send(alert.id, answer),
    onMutate: async (answer) => {
      await client.cancelQueries({ queryKey: ALERTS });
      return put(client, alert.id, (one) => answered(one, answer, Date.now()));
    },
    onError: (_error, _answer, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data);
      toast(t('answer.failed'));
    },
    onSuccess: (_data, answer) => toast(t(`answer.told.${answer.kind}`)),
    onSettled: () => client.invalidateQueries({ queryKey: ALERTS }),
  });
}
