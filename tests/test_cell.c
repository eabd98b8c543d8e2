/* test_cell.c: keys and sums as bytes, checked sums, and the set of cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "clear/cell.h"
#include "ledger_rules.h"

/* The linker sends every allocation of the engine here (tests/CMakeLists.txt): the one counted down to fails, and all after it. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static long allocations_left = -1;           /* -1: no limit */

static bool refuse(void)
{
    return allocations_left >= 0 && (allocations_left == 0 || --allocations_left < 0);
}

void *__wrap_malloc(size_t size) { return refuse() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return refuse() ? NULL : __real_calloc(count, size); }

static const struct clr_cell_key full_key = {
    .product = 4, .direction = 1, .kind = 3, .service = 9, .window = 17775, .issuer = 0x01020304, .acquirer = 0x7FFFFFFF,
    .rules_version = 0xA0B0C0D0, .fee_row = 0xFFFE,
};

static void keys_have_their_bytes(void **state)
{
    static const uint8_t want[CLR_CELL_KEY_SIZE] = {
        4, 0x80, 0x00, 0x45, 0x6F, 1, 2, 3, 4, 0x7F, 0xFF, 0xFF, 0xFF, 1, 3, 9, 0xA0, 0xB0, 0xC0, 0xD0, 0xFF, 0xFE,
    };
    uint8_t packed[CLR_CELL_KEY_SIZE];

    (void)state;
    memset(packed, 0xAA, sizeof packed);
    clr_cell_key_pack(&full_key, packed);
    assert_memory_equal(packed, want, sizeof want);
}

static void keys_come_back(void **state)
{
    static const clr_day days[] = { INT32_MIN, -1, 0, 1, 17775, INT32_MAX };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        struct clr_cell_key key = full_key, back;
        uint8_t packed[CLR_CELL_KEY_SIZE], again[CLR_CELL_KEY_SIZE];
        key.window = days[i];
        memset(&back, 0x55, sizeof back);
        clr_cell_key_pack(&key, packed);
        clr_cell_key_unpack(packed, &back);
        clr_cell_key_pack(&back, again);
        assert_memory_equal(packed, again, sizeof packed);
        assert_int_equal(back.window, days[i]);
        assert_int_equal(back.issuer, key.issuer);
        assert_int_equal(back.acquirer, key.acquirer);
        assert_int_equal(back.fee_row, key.fee_row);
        assert_int_equal(back.rules_version, key.rules_version);
    }
}

static void sums_have_their_bytes(void **state)
{
    const struct clr_cell_sum sum = {
        .count = 1, .amount_fen = -2, .discount_fen = 3, .fee_fen = INT64_MIN, .fee_issuer_fen = INT64_MAX, .fee_centre_fen = 0,
        .fee_count = -1, .fee_numerator = -5 * ((clr_wide)1 << 64) + 7,
    };
    uint8_t packed[CLR_CELL_SUM_SIZE], want[CLR_CELL_SUM_SIZE] = { 0 };
    struct clr_cell_sum back;

    (void)state;
    want[0] = 1;
    memset(want + 8, 0xFF, 8);
    want[8] = 0xFE;
    want[16] = 3;
    want[31] = 0x80;
    memset(want + 32, 0xFF, 7);
    want[39] = 0x7F;
    memset(want + 48, 0xFF, 8);
    want[56] = 7;
    memset(want + 64, 0xFF, 8);
    want[64] = 0xFB;
    clr_cell_sum_pack(&sum, packed);
    assert_memory_equal(packed, want, sizeof want);
    memset(&back, 0x55, sizeof back);
    clr_cell_sum_unpack(packed, &back);
    assert_true(back.fee_numerator == sum.fee_numerator);
    clr_cell_sum_pack(&back, want);
    assert_memory_equal(packed, want, sizeof want);
}

/** By stored bytes: the struct has padding that nobody owns. */
static bool sums_equal(const struct clr_cell_sum *a, const struct clr_cell_sum *b)
{
    uint8_t packed_a[CLR_CELL_SUM_SIZE], packed_b[CLR_CELL_SUM_SIZE];

    clr_cell_sum_pack(a, packed_a);
    clr_cell_sum_pack(b, packed_b);
    return memcmp(packed_a, packed_b, CLR_CELL_SUM_SIZE) == 0;
}

enum { FIELD_COUNT = 8 };

/** Field `index` of a sum set to its largest or smallest value, or to `small`. */
static void set_field(struct clr_cell_sum *sum, unsigned index, int extreme, int small)
{
    int64_t *const field[] = { &sum->count, &sum->amount_fen, &sum->discount_fen, &sum->fee_fen, &sum->fee_issuer_fen, &sum->fee_centre_fen,
                               &sum->fee_count };
    const clr_wide top = (clr_wide)(((unsigned __int128)1 << 127) - 1);

    if (index < COUNT_OF(field)) *field[index] = extreme > 0 ? INT64_MAX : extreme < 0 ? INT64_MIN : small;
    else sum->fee_numerator = extreme > 0 ? top : extreme < 0 ? -top - 1 : small;
}

static void no_field_leaves_its_range(void **state)
{
    static const struct { const char *name; int at, add, sign; enum clr_status status; } cases[] = {
        { "top + 1",        1,  1,  1, CLR_OVERFLOW },
        { "bottom − 1",    -1, -1,  1, CLR_OVERFLOW },
        { "bottom − (+1)", -1,  1, -1, CLR_OVERFLOW },
        { "top − (−1)",     1, -1, -1, CLR_OVERFLOW },
        { "top − 1",        1, -1,  1, CLR_OK },
        { "bottom + 1",    -1,  1,  1, CLR_OK },
        { "top − (+1)",     1,  1, -1, CLR_OK },
        { "bottom − (−1)", -1, -1, -1, CLR_OK },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (unsigned field = 0; field < FIELD_COUNT; field++) {
            struct clr_cell_sum sum = { 0 }, addend = { 0 }, before;
            enum clr_status status;
            set_field(&sum, field, cases[i].at, 0);
            set_field(&addend, field, 0, cases[i].add);
            before = sum;
            status = clr_cell_sum_add(&sum, &addend, cases[i].sign);
            if (status != cases[i].status) fail_msg("%s: field %u gives %d", cases[i].name, field, (int)status);
            if (status != CLR_OK && !sums_equal(&sum, &before)) fail_msg("%s: field %u: the sum changed", cases[i].name, field);
            if (status == CLR_OK && clr_cell_sum_add(&sum, &addend, -cases[i].sign) != CLR_OK) fail_msg("%s: field %u back", cases[i].name, field);
            if (status == CLR_OK && !sums_equal(&sum, &before)) fail_msg("%s: field %u: not undone", cases[i].name, field);
        }
    }
}

static void zero_means_every_field(void **state)
{
    (void)state;
    assert_true(clr_cell_sum_is_zero(&(struct clr_cell_sum){ 0 }));
    for (unsigned field = 0; field < FIELD_COUNT; field++) {
        struct clr_cell_sum sum = { 0 };
        set_field(&sum, field, 0, -1);
        if (clr_cell_sum_is_zero(&sum)) fail_msg("field %u is not looked at", field);
    }
}

/** A key that differs from others in one field at a time, and sorts both ways round. */
static struct clr_cell_key key_of(uint64_t *seed)
{
    return (struct clr_cell_key){
        .product = (uint8_t)draw_below(seed, 3), .direction = (uint8_t)draw_below(seed, 2), .kind = (uint8_t)draw_below(seed, 3),
        .service = (uint8_t)draw_below(seed, 3), .window = (clr_day)draw_below(seed, 5) - 2, .issuer = 1 + (clr_party)draw_below(seed, 300),
        .acquirer = 1 + (clr_party)draw_below(seed, 3), .rules_version = 1 + (uint32_t)draw_below(seed, 2),
        .fee_row = draw_below(seed, 2) ? CLR_FEE_NONE : (uint16_t)draw_below(seed, 300),
    };
}

static void sorted_is_the_order_of_packed_keys(void **state)
{
    uint64_t seed = 1;
    struct clr_cells cells;
    const struct clr_cell **sorted;
    size_t count;
    int64_t total = 0;

    (void)state;
    clr_cells_init(&cells);
    for (int i = 0; i < 20000; i++) {
        const struct clr_cell_key key = key_of(&seed);
        assert_int_equal(clr_cells_add(&cells, &key, &(struct clr_cell_sum){ .count = 1, .amount_fen = i }, 1), CLR_OK);
    }
    sorted = clr_cells_sorted(&cells, &count);
    assert_non_null(sorted);
    assert_int_equal(count, cells.count);
    for (size_t i = 0; i < count; i++) {
        uint8_t before[CLR_CELL_KEY_SIZE], packed[CLR_CELL_KEY_SIZE];
        total += sorted[i]->sum.count;
        if (i == 0) continue;
        clr_cell_key_pack(&sorted[i - 1]->key, before);
        clr_cell_key_pack(&sorted[i]->key, packed);
        assert_true(memcmp(before, packed, sizeof packed) < 0);
    }
    assert_int_equal(total, 20000);
    free(sorted);
    clr_cells_free(&cells);
}

static void what_is_taken_back_is_gone(void **state)
{
    struct clr_cells cells;
    const struct clr_cell **sorted;
    size_t count;
    struct clr_cell_key other = full_key;

    (void)state;
    other.fee_row = 1;
    clr_cells_init(&cells);
    assert_int_equal(clr_cells_add(&cells, &full_key, &(struct clr_cell_sum){ .count = 2, .amount_fen = 5 }, 1), CLR_OK);
    assert_int_equal(clr_cells_add(&cells, &other, &(struct clr_cell_sum){ .fee_numerator = 5 }, 1), CLR_OK);
    assert_int_equal(clr_cells_add(&cells, &full_key, &(struct clr_cell_sum){ .count = 2, .amount_fen = 5 }, -1), CLR_OK);
    sorted = clr_cells_sorted(&cells, &count);
    assert_int_equal(count, 1);
    assert_int_equal(sorted[0]->key.fee_row, 1);
    free(sorted);
    clr_cells_clear(&cells);
    sorted = clr_cells_sorted(&cells, &count);
    assert_non_null(sorted);
    assert_int_equal(count, 0);
    free(sorted);
    assert_int_equal(clr_cells_add(&cells, &other, &(struct clr_cell_sum){ .count = 1 }, 1), CLR_OK);
    assert_int_equal(cells.count, 1);
    clr_cells_free(&cells);
    assert_int_equal(cells.capacity, 0);
}

static void an_impossible_sum_takes_no_slot(void **state)
{
    struct clr_cells cells;

    (void)state;
    clr_cells_init(&cells);
    assert_int_equal(clr_cells_add(&cells, &full_key, &(struct clr_cell_sum){ .amount_fen = INT64_MIN }, -1), CLR_OVERFLOW);
    assert_int_equal(cells.count, 0);
    assert_int_equal(clr_cells_add(&cells, &full_key, &(struct clr_cell_sum){ .amount_fen = INT64_MAX }, 1), CLR_OK);
    assert_int_equal(clr_cells_add(&cells, &full_key, &(struct clr_cell_sum){ .amount_fen = 1 }, 1), CLR_OVERFLOW);
    assert_int_equal(cells.count, 1);
    clr_cells_free(&cells);
}

static void without_memory_the_set_stays_as_it_was(void **state)
{
    struct clr_cells cells;
    const struct clr_cell **sorted;
    struct clr_cell_key key = full_key;
    size_t count;
    unsigned refused = 0;

    (void)state;
    clr_cells_init(&cells);
    for (clr_party issuer = 1; issuer <= 1000; issuer++) {
        key.issuer = issuer;
        for (long limit = 0; ; limit++) {
            const size_t before = cells.count;
            allocations_left = limit;
            const enum clr_status status = clr_cells_add(&cells, &key, &(struct clr_cell_sum){ .count = 1 }, 1);
            allocations_left = -1;
            if (status == CLR_OK) break;
            assert_int_equal(status, CLR_FULL);
            assert_int_equal(cells.count, before);
            refused++;
        }
    }
    assert_int_equal(cells.count, 1000);
    assert_true(refused >= 10);              /* two arrays for each of several sizes */
    allocations_left = 0;
    sorted = clr_cells_sorted(&cells, &count);
    allocations_left = -1;
    assert_null(sorted);
    assert_int_equal(count, 0);
    clr_cells_free(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_their_bytes),
        cmocka_unit_test(keys_come_back),
        cmocka_unit_test(sums_have_their_bytes),
        cmocka_unit_test(no_field_leaves_its_range),
        cmocka_unit_test(zero_means_every_field),
        cmocka_unit_test(sorted_is_the_order_of_packed_keys),
        cmocka_unit_test(what_is_taken_back_is_gone),
        cmocka_unit_test(an_impossible_sum_takes_no_slot),
        cmocka_unit_test(without_memory_the_set_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
