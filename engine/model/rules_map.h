/*
 * rules_map.h: private to the rules folder: bytes → the rows that carry them, and text that lives as long as the rules.
 *
 * A map is filled (clr_rules_map_add), sealed once (clr_rules_map_seal), and then only read. Keys live in numbered spaces, so that one
 * map holds, say, the alias values of every format and field. Rows of a key come back in the order they were added.
 *
 *   slots (open addressing, half empty) ──► groups (space, key, first, count) ──► rows
 *
 * Owner     the map owns its tables; keys are borrowed for its life.
 * Threads   a sealed map is immutable.
 */
#ifndef CLR_MODEL_RULES_MAP_H
#define CLR_MODEL_RULES_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"

struct clr_rules_map_item {
    struct clr_bytes key;
    uint32_t space;
    uint32_t row;
    uint32_t order;                           /* of adding: rows of a key keep it */
};

struct clr_rules_map_slot {
    uint32_t hash;
    uint32_t group;                           /* 1-based, 0 = free */
};

struct clr_rules_map_group {
    struct clr_bytes key;
    uint32_t space;
    uint32_t first, count;                    /* rows */
};

struct clr_rules_map {
    struct clr_rules_map_item *item;          /* until sealed */
    size_t item_count, item_capacity;
    struct clr_rules_map_slot *slot;          /* NULL when the map is empty */
    uint32_t slot_mask;
    struct clr_rules_map_group *group;
    size_t group_count;
    uint32_t *row;
};

/** @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status clr_rules_map_add(struct clr_rules_map *map, uint32_t space, struct clr_bytes key, uint32_t row);
CLR_MUST_USE enum clr_status clr_rules_map_seal(struct clr_rules_map *map);
void clr_rules_map_free(struct clr_rules_map *map);

/** Rows of a key, `*count` of them; NULL and 0 when there is none. */
const uint32_t *clr_rules_map_find(const struct clr_rules_map *map, uint32_t space, struct clr_bytes key, uint32_t *count);

/**
 * Texts of a version in one block. Sized before anything is read (a cell and its separator make a text and its NUL, so the
 * sum of the file sizes is enough); running out is therefore a bug and not a status.
 */
struct clr_rules_pool {
    char *data;
    size_t size, used;
};
CLR_MUST_USE enum clr_status clr_rules_pool_create(struct clr_rules_pool *pool, size_t size);
void clr_rules_pool_free(struct clr_rules_pool *pool);

/** A NUL-terminated copy; "" needs no room. */
const char *clr_rules_pool_text(struct clr_rules_pool *pool, struct clr_bytes text);

#endif
