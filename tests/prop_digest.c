/* One digest, whatever the threads, the batches, the key of the store and the order of the arguments; another one for other input. */
#include "store_world.h"

struct digest { uint8_t byte[CLR_DIGEST_SIZE]; };

static struct digest digest_of(const char *name, const struct clr_store_options *options, const char *const *paths, bool both)
{
    struct digest digest;
    uint64_t records;
    const char *const turned[] = { paths[1], paths[0] }, *const moves = paths[2];
    struct clr_store *const store = world_store(name, options);
    world_ingest(store, both ? paths : turned, 2);
    world_ingest(store, &moves, 1);
    assert_int_equal(clr_digest(store, digest.byte, &records, NULL), CLR_OK);
    assert_int_equal(records, WORLD_RECORDS + WORLD_RECORDS / 2 + 7);
    clr_store_close(store);
    return digest;
}

static void one_digest(void **state)
{
    static const uint64_t batches[] = { 0, 500, 3000 };
    const char *const paths[] = { strdup(world_trades("a.csv", 1, WORLD_RECORDS)), strdup(world_trades("b.csv", 2, WORLD_RECORDS / 2)), strdup(world_moves("m.csv")) };
    struct digest first;
    unsigned round = 0;
    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        for (size_t b = 0; b < 3; b++) {
            for (unsigned turned = 0; turned < 2; turned++, round++) {       /* every store makes its own key */
                char name[32];
                const struct clr_store_options options = { .threads = threads, .batch_records = batches[b], .map_size = UINT64_C(256) << 20 };
                snprintf(name, sizeof name, "store%u", round);
                const struct digest digest = digest_of(name, &options, paths, turned == 0);
                if (round == 0) first = digest;
                if (memcmp(&first, &digest, sizeof first) != 0)
                    fail_msg("%u threads, batches of %llu, %s: another digest", threads, (unsigned long long)batches[b], turned ? "turned" : "in order");
            }
        }
    }
    for (size_t i = 0; i < 3; i++) free((char *)(uintptr_t)paths[i]);
}

static void other_input_other_digest(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = UINT64_C(256) << 20 };
    const char *const same[] = { strdup(world_trades("a.csv", 1, WORLD_RECORDS)), strdup(world_trades("b.csv", 2, WORLD_RECORDS / 2)), strdup(world_moves("m.csv")) };
    const char *const other[] = { same[0], strdup(world_trades("c.csv", 3, WORLD_RECORDS / 2)), same[2] };
    (void)state;
    const struct digest a = digest_of("same", &options, same, true), b = digest_of("other", &options, other, true);
    assert_memory_not_equal(&a, &b, sizeof a);
    free((char *)(uintptr_t)other[1]);
    for (size_t i = 0; i < 3; i++) free((char *)(uintptr_t)same[i]);
}

static int open_folder(void **state)
{
    if (scratch_open(state) != 0) return 1;
    world_use(scratch_folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_digest), cmocka_unit_test(other_input_other_digest) };
    return cmocka_run_group_tests(tests, open_folder, scratch_close);
}
