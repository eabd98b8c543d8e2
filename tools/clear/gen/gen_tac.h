/*
 * gen_tac.h: TACs that are right, under keys made for the run: a master key and an issuer factor of each issuer, drawn from the seed.
 *
 * The arithmetic is stated here again with OpenSSL alone (formats/transit.md 3); the engine's kernel has no part in it.
 * Keys      version 1, index 1 where the format names them (yz316), else 0 and 0. They are public: whoever knows the seed knows them.
 * Threads   one.
 */
#ifndef CLEAR_GEN_TAC_H
#define CLEAR_GEN_TAC_H

#include "gen_world.h"

#define GEN_TAC_KEY_NAME "keys.key"

struct gen_trade;
struct gen_tac;

/** @return CLR_OK | CLR_FULL | CLR_KEY (OpenSSL) */
CLR_MUST_USE enum clr_status gen_tac_make(const struct gen_world *world, uint64_t seed, enum clr_format format, struct gen_tac **out);
void gen_tac_free(struct gen_tac *tac);

/** OUT/rules/keys.sealed, and the key file that opens it, OUT/keys.key. The same seed gives the same bytes. */
CLR_MUST_USE enum clr_status gen_tac_write(const struct gen_tac *tac, const char *out, struct clr_fault *fault);

/** The TAC of a trade of a known card, as its card would have made it. */
CLR_MUST_USE enum clr_status gen_tac_of(struct gen_tac *tac, const struct gen_world *world, const struct gen_trade *trade, uint32_t *out);

#endif
