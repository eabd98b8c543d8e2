/* rules_map.c: the look-up table behind codes, aliases, card prefixes and fees. See rules_map.h. */
#include "model/rules_map.h"

#include <stdlib.h>

enum clr_status clr_rules_map_add(struct clr_rules_map *map, uint32_t space, struct clr_bytes key, uint32_t row)
{
    if (map->item_count == map->item_capacity) {
        const size_t capacity = map->item_capacity == 0 ? 64 : map->item_capacity * 2;
        struct clr_rules_map_item *grown = capacity > UINT32_MAX / 2 ? NULL : realloc(map->item, capacity * sizeof *grown);

        if (grown == NULL) return CLR_FULL;
        map->item = grown;
        map->item_capacity = capacity;
    }
    map->item[map->item_count] = (struct clr_rules_map_item){ key, space, row, (uint32_t)map->item_count };
    map->item_count++;
    return CLR_OK;
}

static int by_key(const struct clr_rules_map_item *a, const struct clr_rules_map_item *b)
{
    const size_t common = a->key.size < b->key.size ? a->key.size : b->key.size;
    const int order = common == 0 ? 0 : memcmp(a->key.data, b->key.data, common);

    if (a->space != b->space) return a->space < b->space ? -1 : 1;
    if (order != 0) return order;
    return (a->key.size > b->key.size) - (a->key.size < b->key.size);
}

static int by_key_then_order(const void *left, const void *right)
{
    const struct clr_rules_map_item *a = left, *b = right;
    const int order = by_key(a, b);

    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Keys are short and known to the operator who wrote them, so two multiplications are enough and need no secret. Bytes that are
 * read twice (the last eight of a longer key) do no harm; a key of under eight bytes is gathered without reading past it. */
static uint32_t hash_of(uint32_t space, struct clr_bytes key)
{
    uint64_t hash = (uint64_t)space << 32 ^ key.size ^ UINT64_C(0x9e3779b97f4a7c15), part = 0;
    size_t at = 0;

    for (; at + 8 < key.size; at += 8) {
        memcpy(&part, key.data + at, 8);
        hash = fold(hash ^ part, UINT64_C(0xe7037ed1a0b428db));
    }
    if (key.size >= 8) {
        memcpy(&part, key.data + key.size - 8, 8);
    } else if (key.size >= 4) {
        uint32_t first, last;

        memcpy(&first, key.data, 4);
        memcpy(&last, key.data + key.size - 4, 4);
        part = (uint64_t)first << 32 | last;
    } else if (key.size > 0) {
        part = (uint64_t)key.data[0] << 16 | (uint64_t)key.data[key.size / 2] << 8 | key.data[key.size - 1];
    }
    hash = fold(hash ^ part, UINT64_C(0x8ebc6af09c88c6e3));
    return (uint32_t)(hash ^ hash >> 32);
}

static void group_items(struct clr_rules_map *map)
{
    for (size_t i = 0; i < map->item_count; i++) {
        if (i == 0 || by_key(&map->item[i - 1], &map->item[i]) != 0)
            map->group[map->group_count++] = (struct clr_rules_map_group){ map->item[i].key, map->item[i].space, (uint32_t)i, 0 };
        map->row[i] = map->item[i].row;
        map->group[map->group_count - 1].count++;
    }
}

static void place_groups(struct clr_rules_map *map)
{
    for (size_t i = 0; i < map->group_count; i++) {
        const uint32_t hash = hash_of(map->group[i].space, map->group[i].key);
        uint32_t at = hash & map->slot_mask;

        while (map->slot[at].group != 0) at = (at + 1) & map->slot_mask;
        map->slot[at] = (struct clr_rules_map_slot){ hash, (uint32_t)i + 1 };
    }
}

enum clr_status clr_rules_map_seal(struct clr_rules_map *map)
{
    size_t slots = 8;

    if (map->item_count == 0) return CLR_OK;
    while (slots < map->item_count * 2) slots *= 2;
    map->slot = calloc(slots, sizeof *map->slot);
    map->group = calloc(map->item_count, sizeof *map->group);
    map->row = calloc(map->item_count, sizeof *map->row);
    if (map->slot == NULL || map->group == NULL || map->row == NULL) return CLR_FULL;
    map->slot_mask = (uint32_t)(slots - 1);
    qsort(map->item, map->item_count, sizeof *map->item, by_key_then_order);
    group_items(map);
    place_groups(map);
    free(map->item);
    map->item = NULL;
    map->item_count = map->item_capacity = 0;
    return CLR_OK;
}

void clr_rules_map_free(struct clr_rules_map *map)
{
    free(map->item);
    free(map->slot);
    free(map->group);
    free(map->row);
    *map = (struct clr_rules_map){ 0 };
}

const uint32_t *clr_rules_map_find(const struct clr_rules_map *map, uint32_t space, struct clr_bytes key, uint32_t *count)
{
    const uint32_t hash = hash_of(space, key);

    *count = 0;
    if (map->slot == NULL) return NULL;
    for (uint32_t at = hash & map->slot_mask; map->slot[at].group != 0; at = (at + 1) & map->slot_mask) {
        const struct clr_rules_map_group *group = &map->group[map->slot[at].group - 1];

        if (map->slot[at].hash == hash && group->space == space && clr_bytes_equal(group->key, key)) {
            *count = group->count;
            return map->row + group->first;
        }
    }
    return NULL;
}

enum clr_status clr_rules_pool_create(struct clr_rules_pool *pool, size_t size)
{
    pool->data = malloc(size + 1);
    pool->size = size;
    pool->used = 0;
    return pool->data == NULL ? CLR_FULL : CLR_OK;
}

void clr_rules_pool_free(struct clr_rules_pool *pool)
{
    free(pool->data);
    *pool = (struct clr_rules_pool){ 0 };
}

const char *clr_rules_pool_text(struct clr_rules_pool *pool, struct clr_bytes text)
{
    char *copy = pool->data + pool->used;

    if (text.size == 0) return "";
    CLR_ASSERT(text.size < pool->size - pool->used);
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    pool->used += text.size + 1;
    return copy;
}
