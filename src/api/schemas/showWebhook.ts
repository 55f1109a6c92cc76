import { defined } from '#core/kit/assert.ts';
import { findOperation } from '#core/payments/payment.ts';
import type { EndpointNotice } from '#core/webhooks/deliver.ts';
import type { Attempt, Delivery } from '#core/webhooks/delivery.ts';
import type { WebhookEndpoint } from '#core/webhooks/endpoint.ts';
import type { MerchantEvent } from '#core/webhooks/merchantEvents.ts';
import { showPayment, showRefund, time } from './showPayment.ts';

export function showWebhookEndpoint(endpoint: WebhookEndpoint) {
  const { id, url, events, description, state, secrets, createdAt, updatedAt } = endpoint;
  const former = secrets[1]?.expiresAt ?? null;
  return {
    id,
    object: 'webhook_endpoint' as const,
    url,
    events: [...events],
    description,
    enabled: state.enabled,
    disabled_reason: state.enabled ? null : state.reason,
    disabled_at: state.enabled ? null : time(state.at),
    former_secret_expires_at: former === null ? null : time(former),
    created_at: time(createdAt),
    updated_at: time(updatedAt),
  };
}

export function showWebhookDelivery({ id, endpoint, event, type, state, log, createdAt }: Delivery) {
  return {
    id,
    object: 'webhook_delivery' as const,
    endpoint,
    event,
    type,
    status: state.status,
    dead_reason: state.status === 'dead' ? state.reason : null,
    next_attempt_at: state.status === 'waiting' ? time(state.dueAt) : null,
    delivered_at: state.status === 'delivered' ? time(state.at) : null,
    attempts: log.map(showAttempt),
    created_at: time(createdAt),
  };
}

export function showAttempt({ at, durationMs, succeeded, status, failure, responseStart }: Attempt) {
  return { at: time(at), duration_ms: durationMs, succeeded, status, failure, response_start: responseStart };
}

/** What is delivered, and what GET /v1/events shows: the same. */
export function showMerchantEvent({ id, type, at, sequence, payment, refund }: MerchantEvent) {
  const told = { id, object: 'merchant_event' as const, type, timestamp: time(at), sequence };
  if (refund === null) return { ...told, data: showPayment(payment) };
  return {
    ...told,
    data: showRefund(payment, defined(findOperation(payment, refund), 'an event is about a refund that is there')),
  };
}

export function showEndpointNotice({ id, type, at, endpoint }: EndpointNotice) {
  return {
    id,
    object: 'merchant_event' as const,
    type,
    timestamp: time(at),
    sequence: null,
    data: showWebhookEndpoint(endpoint),
  };
}
