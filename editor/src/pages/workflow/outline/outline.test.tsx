// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
/** @vitest-environment happy-dom */
/** Holds the tree to the ARIA practices, and to doing by key what the canvas does by mouse. */
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '@/model';
import { Drafted, draftOf, spanish } from '../draft.testing';
import { showOverlay } from '../overlay/store';
import { SelectionBar } from '../steps/SelectionBar';
import { goTo } from '../ui';
import { Outline } from './Outline';

let i18n: Awaited<ReturnType<typeof spanish>>;
beforeAll(async () => {
  i18n = await spanish();
});
afterEach(cleanup);

const FLOW: Document = {
  operandi: 1,
  name: 'x',
  trigger: { manual: true },
  steps: [
    { id: 'pause', wait: { for: '1h' } },
    { id: 'big', if: 'event.total > 1', then: [{ id: 'sum', script: '1 + 1', note: 'Ojo' }], else: [] },
  ],
};

function show() {
  const parts = draftOf(FLOW, [
    { code: 'x', severity: 'error', path: '/steps/0/wait', line: 1, column: 1, message: 'Falta', hint: '' },
  ]);
  render(
    <Drafted i18n={i18n} parts={parts}>
      <Outline />
      <SelectionBar />
    </Drafted>,
  );
  return parts;
}

const names = () => screen.getAllByRole('treeitem').map((row) => row.dataset.stop);
const ids = (document: Document) => (document.steps as { id: string }[]).map(({ id }) => id);

describe('the outline', () => {
  it('tells level, place, state, words and problems of each row', () => {
    show();
    expect(names()).toEqual(['@trigger', 'pause', 'big', '+/steps/1/then', 'sum', '+/steps/1/else']);
    const [, pause, big, yes, sum] = screen.getAllByRole('treeitem');
    expect(pause?.textContent).toContain('Falta');
    expect(big?.getAttribute('aria-expanded')).toBe('true');
    expect(big?.getAttribute('aria-posinset')).toBe('3');
    expect(yes?.getAttribute('aria-level')).toBe('2');
    expect(sum?.getAttribute('aria-level')).toBe('3');
    expect(sum?.textContent).toContain('Ojo');
    expect(screen.getAllByRole('treeitem').filter((row) => row.tabIndex === 0)).toHaveLength(1);
  });

  it('goes by arrows and letters, folds and unfolds', async () => {
    const { ui } = show();
    const stand = (stop: string) =>
      waitFor(() => expect(document.activeElement).toHaveProperty('dataset.stop', stop));
    goTo(ui, 'pause');
    await stand('pause');
    await userEvent.keyboard('{ArrowDown}');
    await stand('big');
    await userEvent.keyboard('{ArrowLeft}');
    await waitFor(() => expect(names()).toEqual(['@trigger', 'pause', 'big']));
    await userEvent.keyboard('{ArrowRight}');
    await waitFor(() => expect(names()).toHaveLength(6));
    await userEvent.keyboard('{End}');
    await stand('+/steps/1/else');
    await userEvent.keyboard('esp');
    await stand('pause');
    await userEvent.keyboard('{Home}');
    await stand('@trigger');
  });

  it('moves, switches off, deletes and undoes', async () => {
    const { session, ui } = show();
    goTo(ui, 'pause');
    await waitFor(() => expect(document.activeElement).toHaveProperty('dataset.stop', 'pause'));
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(ids(session.document)).toEqual(['big']);
    await userEvent.keyboard('{Control>}/{/Control}');
    expect(JSON.stringify(session.document)).toContain('"enabled":false');
    await userEvent.keyboard('{Delete}');
    expect(JSON.stringify(session.document)).not.toContain('pause');
    session.undo();
    session.undo();
    session.undo();
    expect(session.document).toEqual(FLOW);
  });

  it('selects several with Shift and Control', async () => {
    const { ui } = show();
    goTo(ui, 'pause');
    await waitFor(() => expect(document.activeElement).toHaveProperty('dataset.stop', 'pause'));
    await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect([...ui.get().selected]).toEqual(['pause', 'big']);
    await userEvent.keyboard('{Escape}');
    expect(ui.get().selected.size).toBe(1);
    await userEvent.keyboard('{Control>}a{/Control}');
    expect([...ui.get().selected]).toEqual(['pause', 'big']);
  });

  it('tells the numbers of each step, whole and apart', async () => {
    const parts = show();
    const marks = [
      { tone: 'calm', icon: 'people', words: '12', whole: 'Pasaron 12 personas' },
      { tone: 'wait', icon: 'clock', words: '3', whole: '3 esperan acá ahora' },
    ] as const;
    act(() => showOverlay(parts, 'numbers', new Map([['pause', marks]])));
    await screen.findByRole('treeitem', { name: /Pasaron 12 personas\s*\. 3 esperan acá ahora/ });
  });

  it('chooses by taps, and does with all of them what the bar says', async () => {
    const { ui, session } = show();
    const [, pause, big] = screen.getAllByRole('treeitem');
    await userEvent.click(screen.getByRole('button', { name: 'Seleccionar' }));
    for (const row of [pause, big, pause]) if (row) await userEvent.click(row);
    expect([...ui.get().selected]).toEqual(['big']);
    expect(ui.get().panel).toBeUndefined();
    await userEvent.click(screen.getByRole('button', { name: 'Mover antes' }));
    expect(ids(session.document)).toEqual(['big', 'pause']);
    await userEvent.click(screen.getByRole('button', { name: 'Borrar' }));
    expect(ids(session.document)).toEqual(['pause']);
    expect(ui.get().selected.size).toBe(0);
    await userEvent.click(screen.getByRole('button', { name: 'Listo' }));
    expect(ui.get().selecting).toBe(false);
  });

  it('folds everything and unfolds it, by key and by button', async () => {
    const { ui } = show();
    goTo(ui, 'sum');
    await waitFor(() => expect(document.activeElement).toHaveProperty('dataset.stop', 'sum'));
    await userEvent.keyboard('{Alt>}{Shift>}{ArrowUp}{/Shift}{/Alt}');
    await waitFor(() => expect(names()).toEqual(['@trigger', 'pause', 'big']));
    await waitFor(() => expect(document.activeElement).toHaveProperty('dataset.stop', 'big'));
    await userEvent.keyboard('{Alt>}{Shift>}{ArrowDown}{/Shift}{/Alt}');
    await waitFor(() => expect(names()).toHaveLength(6));
    await userEvent.click(screen.getByRole('button', { name: 'Plegar todo' }));
    expect(names()).toHaveLength(3);
    await userEvent.click(screen.getByRole('button', { name: 'Desplegar todo' }));
    expect(names()).toHaveLength(6);
  });
});
