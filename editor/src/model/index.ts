/**
 * The editor's model: documents, operations, layout, outline, merge, differences and scope, as pure
 * functions over immutable data. It knows no React, no DOM, no network, no clock and no dice: ids and
 * moments are arguments, words are translation keys (`PHRASES`, under `model.`), node kinds are data.
 *
 * The way of an edit: a builder (`insertSteps`, `setField`, ...) looks at the document and gives an
 * `Operation` or a refusal; `perform` applies it to the `History` and gives the patches that autosave
 * sends; `layouter` and `outline` draw the new document, reusing whatever stayed the same object.
 */

// Values. `field` reads a key safely; `equal` ignores the order of fields, `identical` does not.

export type { Json, JsonArray, JsonObject, Result } from './json';
export { equal, field, identical, isArray, isObject, objectAt, textAt } from './json';
export { isWithin, join, split, valueAt } from './pointer';

// The document: its steps by key, their places, the lists inside blocks.

export type { BlockKind, Step, Way, WayKind } from './blocks';
export { asSteps, BLOCK_KINDS, COMMON_FIELDS, kindOf, waysOf } from './blocks';
export type { Document, Place, Slot, StepId } from './document';
export {
  emptyDocument,
  FORMAT,
  named,
  naming,
  placeAt,
  placeByPath,
  placeOf,
  placesOf,
  STEPS,
  STEPS_MAX,
  topSteps,
} from './document';

// Changing it. Every builder takes the document first and gives `Built`: an operation or a refusal.

export { blankFields, blankStep } from './blank';
export { HEADER, setDocument, setEnabled, setField, setHeader, setNote } from './edit-fields';
export {
  countSteps,
  duplicateSteps,
  insertSteps,
  moveSteps,
  ownerOf,
  removeSteps,
  unwrap,
  wrapInCondition,
} from './edit-steps';
export type { NewWay } from './edit-ways';
export { addWay, moveWay, removeWay, renameWay, setWeights, waysToAdd } from './edit-ways';
export { freshId, isName, slug, takenIds } from './ids';
export type { Built, Operation, Refusal } from './operation';
export { referencesTo, renameStep } from './rename';

// Applying, undoing, redoing. `patches` of a `Changed` are what the server is sent.

export type { Changed, Entry, History } from './history';
export { begin, COALESCE_MS, HISTORY_MAX, perform, redo, settle, undo } from './history';
export type { Applied, Patch, PatchError } from './patch';
export { apply } from './patch';
export { share } from './share';

// Text and clipboard.

export type { Pasted } from './clipboard';
export { copySteps, holdsSteps, pasteSteps } from './clipboard';
export type { TextError } from './yaml';
export { readText, TEXT_BYTES_MAX, writeText } from './yaml';

// Views: the picture, the tree, one line about a step.

export type { LayoutOptions } from './layout';
export { layouter } from './layout';
export type { Metrics, Size } from './layout-parts';
export { METRICS } from './layout-parts';
export type { Layout, LayoutEdge, LayoutJoin, LayoutJump, LayoutNode, Point } from './layout-types';
export { END, TRIGGER } from './layout-types';
export type { OutlineRow } from './outline';
export { outline, rowsAround } from './outline';
export type { OutlineMove } from './outline-keys';
export { pressed, typed } from './outline-keys';
export type { Phrase, PhraseKey } from './phrase';
export { PHRASES, phrase } from './phrase';
export { kindPhrase, summaryOf, triggerEvents, triggerSummary } from './summary';

// Two people and two versions.

export type { Difference } from './diff';
export { diff } from './diff';
export type { Conflict, Merged, Side } from './merge';
export { merge } from './merge';

// What expressions may use at a place.

export type { Catalog, ConnectorSpec, EventSpec, NodeSpec, Words } from './catalog';
export type { Reading } from './expressions';
export { readingAt, readsIn } from './expressions';
export type { Earlier } from './flow';
export { earlierThan } from './flow';
export type { Piece } from './rhai';
export { piecesOf } from './rhai';
export type { ScopeGroup, Variable } from './scope';
export { flatScope, scopeAt } from './scope';
export type { ValueKind } from './types';
