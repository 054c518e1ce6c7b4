/** The catalogue for this page, as the model reads it. Knows no kind of node. */
import { createContext } from 'react';
import type { Catalog } from '@/model';

export const NO_CATALOG: Catalog = { nodes: {}, events: {}, connectors: {}, contact: true, org: true };

export const CatalogContext = createContext<Catalog>(NO_CATALOG);
