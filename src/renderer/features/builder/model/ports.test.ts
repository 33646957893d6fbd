import { describe, expect, it } from 'vitest';
import { stepType } from '../../../../shared/flows/registry.ts';
import { type FlowEdge, type FlowFile, type FlowStep, flowSchemaId } from '../../../../shared/model/flow.ts';
import { fitsOf, fittingPort, graphOfFile, levelOf, portAt, stepPorts } from './ports.ts';
import type { PortEnd } from './ui-state.ts';

const step = (id: string, type: string, rest: Partial<FlowStep> = {}): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config: { ...stepType(type)?.defaults },
  ...rest,
});
const ends = (at: string) => ({ step: at.split('.')[0] ?? '', port: at.split('.')[1] ?? '' });
const edge = (from: string, to: string): FlowEdge => ({ id: `${from}>${to}`, from: ends(from), to: ends(to) });
const file = (steps: FlowStep[], edges: FlowEdge[]): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps,
  edges,
  notes: [],
  groups: [],
  settings: {},
});
const out = (at: string): PortEnd => ({ ...ends(at), side: 'output' });
const into = (at: string): PortEnd => ({ ...ends(at), side: 'input' });

const receipts = file(
  [
    step('scans', 'input', { config: { name: 'scans', type: 'list<image>', value: [] } }),
    step('pages', 'map'),
    step('ocr', 'read_text', { parent: 'pages' }),
    step('table', 'output'),
  ],
  [edge('scans.value', 'pages.items'), edge('pages.item', 'ocr.image'), edge('ocr.text', 'pages.result')],
);

describe('ports', () => {
  it('types follow what is wired, into a Map and out of it again', () => {
    const graph = graphOfFile(receipts, null);
    expect(portAt(graph, out('pages.item'))?.type).toBe('image');
    expect(portAt(graph, out('pages.results'))?.type).toBe('list<text>');
  });

  it('keep their identity while nothing about them changes', () => {
    const graph = graphOfFile(receipts, null);
    expect(stepPorts(graphOfFile(receipts, graph), 'pages')).toBe(stepPorts(graph, 'pages'));
  });

  it('belong to the level inside a Map or to the one around it', () => {
    const graph = graphOfFile(receipts, null);
    expect(levelOf(graph, out('pages.item'))).toBe('pages');
    expect(levelOf(graph, out('pages.results'))).toBeNull();
    expect(levelOf(graph, out('ocr.text'))).toBe('pages');
  });

  it('names every port that could take an edge, from either end, and why the others could not', () => {
    const graph = graphOfFile(receipts, null);
    const from = fitsOf(graph, out('pages.results'));
    expect(from.get('table|input|value')).toBeNull();
    expect(from.get('pages|input|items')).toMatch(/circle/);
    expect(from.get('ocr|input|image')).toMatch(/border/);
    const to = fitsOf(graph, into('table.value'));
    expect(to.get('scans|output|value')).toBeNull();
    expect(to.get('ocr|output|text')).toMatch(/border/);
    expect(fitsOf(graph, out('ocr.lines')).get('pages|input|result')).toBeNull();
  });

  it('refuses a circle and a step that waits for itself', () => {
    const graph = graphOfFile(file([step('a', 'template'), step('b', 'template')], [edge('a.text', 'b.value')]), null);
    const fits = fitsOf(graph, out('b.text'));
    expect(fits.get('a|input|value')).toMatch(/circle/);
    expect(fits.get('b|input|value')).toMatch(/circle/);
    expect(fitsOf(graph, into('a.value')).get('b|output|text')).toMatch(/circle/);
  });

  it('finds the port of a new step that fits what is dragged', () => {
    const readText = stepType('read_text');
    const map = stepType('map');
    if (readText === null || map === null) throw new Error('The registry lacks a type');
    expect(fittingPort(readText, out('x.y'), 'image')?.name).toBe('image');
    expect(fittingPort(readText, out('x.y'), 'list<image>')).toBeUndefined();
    expect(fittingPort(map, out('x.y'), 'list<image>')?.name).toBe('items');
    expect(fittingPort(readText, into('x.y'), 'text')?.name).toBe('text');
  });
});
