import { defineSearchAttributeKey } from '@temporalio/common';

/** Search attributes of the loop's workflows, all Keyword. Pure: workflows import this file. */
export const searchAttributes = {
  pipeline: defineSearchAttributeKey('PaiPipeline', 'KEYWORD'),
  environment: defineSearchAttributeKey('PaiEnvironment', 'KEYWORD'),
  modelVersion: defineSearchAttributeKey('PaiModelVersion', 'KEYWORD'),
  phase: defineSearchAttributeKey('PaiPhase', 'KEYWORD'),
  trigger: defineSearchAttributeKey('PaiTrigger', 'KEYWORD'),
  decision: defineSearchAttributeKey('PaiDecision', 'KEYWORD'),
} as const;

/** Names of the search attributes, as a namespace must know them. */
export const searchAttributeNames: readonly string[] = Object.values(searchAttributes).map(
  ({ name }) => name,
);
