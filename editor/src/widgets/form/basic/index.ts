/** The widgets every form has. Knows their names and nothing of what they edit. */
import type { WidgetMap } from '../registry';
import { ConnectionWidget } from './ConnectionWidget';
import { DurationWidget } from './DurationWidget';
import { FieldsWidget } from './FieldsWidget';
import { GroupWidget } from './GroupWidget';
import { JsonWidget } from './JsonWidget';
import { ListWidget } from './ListWidget';
import { NumberWidget } from './NumberWidget';
import { SecretWidget } from './SecretWidget';
import { SelectWidget } from './SelectWidget';
import { SwitchWidget } from './SwitchWidget';
import { TextareaWidget, TextWidget, UrlWidget } from './TextWidgets';

export const BASIC_WIDGETS: WidgetMap = {
  connection: ConnectionWidget,
  duration: DurationWidget,
  fields: FieldsWidget,
  group: GroupWidget,
  json: JsonWidget,
  list: ListWidget,
  number: NumberWidget,
  secret: SecretWidget,
  select: SelectWidget,
  switch: SwitchWidget,
  text: TextWidget,
  textarea: TextareaWidget,
  url: UrlWidget,
};
