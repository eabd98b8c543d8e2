/* Fingerprints: what is there is found, by one look and by many; what is not is named seldom. */
#include "scratch.h"

#include "store/runindex.h"

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void many_are_found_as_one_is(void **state)
{
    static const struct { const char *name; size_t rows; uint64_t mask; } cases[] = {
        { "none", 0, UINT64_MAX },          { "one", 1, UINT64_MAX },           { "fifteen", 15, UINT64_MAX },
        { "sixteen", 16, UINT64_MAX },      { "seventeen", 17, UINT64_MAX },    { "a partition", 5000, UINT64_MAX },
        { "a part", 32768, UINT64_MAX },    { "entries of four bytes", 70000, UINT64_MAX },
        { "one bucket", 300, 0xFFFFF },     { "few values", 5000, UINT64_C(0xF) << 60 }, { "all the same", 400, 0 },
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const size_t rows = cases[c].rows, asked = 2 * rows + 1000;
        uint64_t seed = c + 1, *const key = malloc((rows + 1) * sizeof *key), *const ask = malloc(asked * sizeof *ask);
        uint32_t *const at = malloc(asked * sizeof *at);
        uint8_t *const hit = calloc(asked, 1), *const bytes = malloc(clr_runindex_size(rows));
        struct clr_runindex index;
        size_t strangers = 0;
        for (size_t i = 0; i < rows; i++) key[i] = scratch_random(&seed) & cases[c].mask;
        qsort(key, rows, sizeof *key, by_value);
        for (size_t i = 0; i < asked; i++) ask[i] = i < rows ? key[i] : scratch_random(&seed);
        qsort(ask, asked, sizeof *ask, by_value);
        for (size_t i = 0; i < asked; i++) at[i] = (uint32_t)(asked - 1 - i);
        clr_runindex_build(key, rows, bytes);
        assert_int_equal(clr_runindex_open(clr_bytes_of(bytes, clr_runindex_size(rows)), &index), CLR_OK);
        clr_runindex_nominate(&index, ask, at, asked, hit);
        for (size_t i = 0; i < asked; i++) {
            uint32_t first, end;
            const bool found = clr_runindex_find(&index, ask[i], &first, &end);
            const bool there = rows > 0 && bsearch(&ask[i], key, rows, sizeof *key, by_value) != NULL;
            if (found != (hit[at[i]] == 1)) fail_msg("%s: key %zu: %d by one look, %d by many", cases[c].name, i, found, hit[at[i]]);
            if (there && !found) fail_msg("%s: key %zu is there and not found", cases[c].name, i);
            if (there && (key[first] > ask[i] || key[end - 1] < ask[i])) fail_msg("%s: key %zu: its rows lie elsewhere", cases[c].name, i);
            strangers += found && !there;
        }
        if (cases[c].mask == UINT64_MAX && strangers > asked / 100) fail_msg("%s: %zu of %zu named for nothing", cases[c].name, strangers, asked);
        free(key);
        free(ask);
        free(at);
        free(hit);
        free(bytes);
    }
}

static void none_asked_none_hit(void **state)
{
    uint8_t bytes[64], hit[2] = { 0, 0 };
    const uint64_t key[2] = { 1, UINT64_MAX };
    const uint32_t at[2] = { 0, 1 };
    struct clr_runindex index;
    (void)state;
    clr_runindex_build(key, 2, bytes);
    assert_int_equal(clr_runindex_open(clr_bytes_of(bytes, clr_runindex_size(2)), &index), CLR_OK);
    clr_runindex_nominate(&index, key, at, 0, hit);
    assert_int_equal(hit[0] + hit[1], 0);
    clr_runindex_nominate(&index, key + 1, at + 1, 1, hit);
    assert_int_equal(hit[0], 0);
    assert_int_equal(hit[1], 1);
    assert_int_equal(clr_runindex_open(clr_bytes_of(bytes, clr_runindex_size(2) - 1), &index), CLR_DAMAGED);
    bytes[4] = 3;
    assert_int_equal(clr_runindex_open(clr_bytes_of(bytes, clr_runindex_size(2)), &index), CLR_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(many_are_found_as_one_is), cmocka_unit_test(none_asked_none_hit) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
