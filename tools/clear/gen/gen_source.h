/*
 * gen_source.h: which sender uploads for which operators, and under which file names.
 *
 * A name is made so that the rules give the file to that very sender. xf files are one merchant's each and their name says so; the other
 * formats' names fill the first `*` of the sender's glob with the date and a serial.
 *
 * Threads   one.
 */
#ifndef CLEAR_GEN_SOURCE_H
#define CLEAR_GEN_SOURCE_H

#include "gen_world.h"

/** Fill world->source: at most options->files of them, each with at least one operator. @return CLR_OK | CLR_USAGE | CLR_FULL */
CLR_MUST_USE enum clr_status gen_sources_make(struct gen_world *world, struct clr_fault *fault);

/** Name of a source's n-th file, n from 1. @return `name`. */
const char *gen_source_name(const struct gen_source *source, unsigned number, char name[2 * GEN_NAME_SIZE]);

/** Industry digits of a service, as files print them. */
unsigned gen_industry_of(enum clr_service service);

/** Stem and tail of names that the rules give to `sender`; false when its glob leaves no room. */
bool gen_source_stem(const struct gen_rules *rules, int sender, enum clr_format format, clr_day date, struct gen_source *source);

#endif
