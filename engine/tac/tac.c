/* tac.c: contexts, the choice of an engine, and records sorted into runs of one kind. See tac.h. */
#include "tac/tac.h"

#include <sodium.h>

#include "tac/tac_inside.h"

#define ENGINE_STACK 8192              /* more than any engine has on the stack; wiped after them */

bool clr_tac_has(enum clr_tac_engine engine)
{
    switch (engine) {
    case CLR_TAC_OPENSSL:
    case CLR_TAC_PORTABLE:
        return true;
    case CLR_TAC_AVX2:
#if defined(CLR_TAC_WITH_AVX2)
        return __builtin_cpu_supports("avx2") != 0;
#else
        return false;
#endif
    }
    return false;
}

enum clr_tac_engine clr_tac_best(void)
{
    return clr_tac_has(CLR_TAC_AVX2) ? CLR_TAC_AVX2 : CLR_TAC_PORTABLE;
}

const char *clr_tac_engine_name(enum clr_tac_engine engine)
{
    switch (engine) {
    case CLR_TAC_OPENSSL:  return "openssl";
    case CLR_TAC_PORTABLE: return "portable";
    case CLR_TAC_AVX2:     return "avx2";
    }
    return "?";
}

static const struct clr_bitslice_kernel *kernel_of(enum clr_tac_engine engine)
{
    switch (engine) {
    case CLR_TAC_OPENSSL:  return NULL;
    case CLR_TAC_PORTABLE: return &clr_bitslice_portable;
    case CLR_TAC_AVX2:
#if defined(CLR_TAC_WITH_AVX2)
        return &clr_bitslice_avx2;
#else
        return NULL;
#endif
    }
    return NULL;
}

static bool key_is_sound(const struct clr_tac_key *key)
{
    return key->levels <= 2 && key->fold <= 1 && key->xor_words <= 1 && (key->algorithm == CLR_TAC_3DES || key->algorithm == CLR_TAC_SM4);
}

/* Keys of one kind may share a bitsliced group; SM4 keys are the last kind. */
enum { KIND_SM4 = 4, KIND_COUNT };

static unsigned kind_of(const struct clr_tac_key *key)
{
    return key->algorithm == CLR_TAC_SM4 ? KIND_SM4 : (key->levels > 0 ? 2u : 0u) + key->fold;
}

static enum clr_status make_keys_ready(struct clr_tac_context *context, const struct clr_tac_key *keys)
{
    uint32_t rank = 0;

    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        for (size_t i = 0; i < context->key_count; i++) {
            if (kind_of(&keys[i]) != kind) continue;
            CLR_TRY(clr_tac_key_make_ready(&keys[i], &context->sm4, &context->keys[rank]));
            context->ranks[i] = rank++;
        }
    }
    return CLR_OK;
}

/* A guarded allocation ends where its last page does, so only a size that is a multiple of 64 is aligned to it. */
static void *take_guarded(size_t size)
{
    void *memory = sodium_malloc((size + 63) / 64 * 64);

    if (memory != NULL) memset(memory, 0, (size + 63) / 64 * 64);
    return memory;
}

static enum clr_status take_memory(struct clr_tac_context *context)
{
    context->keys = take_guarded(context->key_count * sizeof *context->keys);
    context->ranks = take_guarded(context->key_count * sizeof *context->ranks);
    context->starts = take_guarded((context->key_count + 1) * sizeof *context->starts);
    if (context->keys == NULL || context->ranks == NULL || context->starts == NULL) return CLR_FULL;
    if (context->kernel == NULL) return CLR_OK;

    context->group = take_guarded(sizeof *context->group);
    context->space = take_guarded(context->kernel->space_size);
    return context->group != NULL && context->space != NULL ? CLR_OK : CLR_FULL;
}

static enum clr_status fill_context(struct clr_tac_context *context, const struct clr_tac_key *keys)
{
    CLR_TRY(take_memory(context));
    CLR_TRY(clr_tac_sm4_open(&context->sm4));
    return make_keys_ready(context, keys);
}

enum clr_status clr_tac_create(const struct clr_tac_key *keys, size_t count, enum clr_tac_engine engine, struct clr_tac_context **out)
{
    struct clr_tac_context *context;
    enum clr_status status;

    if (count == 0 || count > CLR_TAC_KEYS_MAX || !clr_tac_has(engine)) return CLR_USAGE;
    for (size_t i = 0; i < count; i++) {
        if (!key_is_sound(&keys[i])) return CLR_USAGE;
    }
    if (sodium_init() < 0) return CLR_KEY;
    context = take_guarded(sizeof *context);
    if (context == NULL) return CLR_FULL;

    context->key_count = count;
    context->engine = engine;
    context->kernel = kernel_of(engine);
    status = fill_context(context, keys);
    sodium_stackzero(ENGINE_STACK);
    if (status != CLR_OK) {
        clr_tac_destroy(context);
        return status;
    }
    *out = context;
    return CLR_OK;
}

void clr_tac_destroy(struct clr_tac_context *context)
{
    if (context == NULL) return;
    clr_tac_sm4_close(&context->sm4);
    sodium_free(context->space);                     /* wipes what it frees */
    sodium_free(context->group);
    sodium_free(context->starts);
    sodium_free(context->ranks);
    sodium_free(context->keys);
    sodium_free(context);
}

/* Counting sort by the rank of the key: runs of a kind, in them runs of a key, in them the order given. */
static void sort_chunk(struct clr_tac_context *context, struct clr_tac_item *items, size_t count)
{
    uint32_t *const starts = context->starts;

    memset(starts, 0, (context->key_count + 1) * sizeof *starts);
    for (size_t i = 0; i < count; i++) starts[context->ranks[items[i].key] + 1]++;
    for (size_t rank = 0; rank < context->key_count; rank++) starts[rank + 1] += starts[rank];
    for (size_t i = 0; i < count; i++) {
        const uint32_t rank = context->ranks[items[i].key];
        const uint32_t at = starts[rank]++;
        context->order[at] = &items[i];
        context->order_ranks[at] = rank;
    }
}

static bool same_kind(const struct tac_ready_key *a, const struct tac_ready_key *b)
{
    return a->algorithm == b->algorithm && (a->algorithm == CLR_TAC_SM4 || (a->diversify == b->diversify && a->fold == b->fold));
}

static enum clr_status compute_run(struct clr_tac_context *context, size_t from, size_t to)
{
    const bool is_des = context->keys[context->order_ranks[from]].algorithm == CLR_TAC_3DES;

    if (is_des && context->kernel != NULL) {
        clr_tac_bitslice_run(context, from, to);
        return CLR_OK;
    }
    for (size_t at = from; at < to; at++) {
        const struct tac_ready_key *key = &context->keys[context->order_ranks[at]];
        if (is_des) clr_tac_des_item(key, context->order[at]);
        else CLR_TRY(clr_tac_sm4_item(&context->sm4, key, context->order[at]));
    }
    return CLR_OK;
}

static enum clr_status compute_chunk(struct clr_tac_context *context, struct clr_tac_item *items, size_t count)
{
    sort_chunk(context, items, count);
    for (size_t from = 0, to; from < count; from = to) {
        const struct tac_ready_key *first = &context->keys[context->order_ranks[from]];
        for (to = from + 1; to < count && same_kind(first, &context->keys[context->order_ranks[to]]); to++) { }
        CLR_TRY(compute_run(context, from, to));
    }
    return CLR_OK;
}

enum clr_status clr_tac_compute(struct clr_tac_context *context, struct clr_tac_item *items, size_t count)
{
    enum clr_status status = CLR_OK;

    for (size_t i = 0; i < count; i++) {
        if (items[i].key >= context->key_count || items[i].size < 16 || items[i].size > CLR_TAC_DATA_MAX) return CLR_USAGE;
    }
    for (size_t i = 0; i < count && status == CLR_OK; i += TAC_CHUNK) {
        status = compute_chunk(context, items + i, count - i < TAC_CHUNK ? count - i : TAC_CHUNK);
    }
    sodium_stackzero(ENGINE_STACK);
    return status;
}
