/*
 * audit.h: the hash-chained log of what was run on the store (clr.h clr_audit appends to it).
 *
 *   table audit   number64, from 1 without gap → the entry
 *     off size meaning (little-endian)
 *       0   32 hash of the entry before, zeros for the first
 *      32    8 stamp: the store's last one (no clock is read), INT64_MIN none
 *      40    … texts: command, arguments, result (size u32, bytes); runs of 13 digits and more masked
 *       …   32 hash = SHA-256("clear-audit-v1" ‖ number be64 ‖ all of the above)
 *
 * Threads   one.
 */
#ifndef CLR_STORE_AUDIT_H
#define CLR_STORE_AUDIT_H

#include "store/env.h"

/**
 * Walk the chain.
 * @param[out] entries  how many are whole, from the first on.
 * @return CLR_OK | CLR_DAMAGED (entry *entries + 1 does not fit the one before or its own hash) | CLR_KEY
 */
CLR_MUST_USE enum clr_status clr_audit_check(struct clr_tx *tx, uint64_t *entries, struct clr_fault *fault);

#endif
