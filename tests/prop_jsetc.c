/* prop_jsetc.c: what is written of a message is read again as the same message, in yuan and in fen; a small buffer is full, never overrun. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "jsetc_world.h"

#define SEEDS 200
#define TEXT_SIZE (1 << 20)

static struct jsetc_whole made, again;
static char *text;

static int set_up(void **state)
{
    (void)state;
    made.item = malloc(JSETC_ITEMS_MAX * sizeof *made.item);
    again.item = malloc(JSETC_ITEMS_MAX * sizeof *again.item);
    text = malloc(TEXT_SIZE);
    return made.item == NULL || again.item == NULL || text == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(made.item);
    free(again.item);
    free(text);
    return 0;
}

/* Amounts of hundreds of thousands of yuan do not fit a record; the sums of a message may be as large as one record's. */
static void reading_undoes_writing(void **state)
{
    (void)state;
    for (unsigned variant = CLR_JSETC_ORIGINALS; variant < CLR_JSETC_VARIANTS; variant++) {
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            uint64_t random = seed * 7919 + variant;
            const bool fen = seed % 3 == 0;
            struct clr_jsetc_trouble trouble;
            size_t size;
            jsetc_make(&made, (enum clr_jsetc_variant)variant, &random);
            assert_int_equal(jsetc_write(&made, fen, text, TEXT_SIZE, &size), CLR_OK);
            if (jsetc_read(clr_bytes_of(text, size), fen, &again, &trouble) != CLR_OK) fail_msg("variant %u seed %d: %s\n%.*s", variant, (int)seed, trouble.en, (int)size, text);
            const char *const what = jsetc_differ(&made, &again);
            if (what != NULL) fail_msg("variant %u seed %d: %s differs\n%.*s", variant, (int)seed, what, (int)size, text);
        }
    }
}

/* The codec takes them, too, and finds nothing wrong with the message. */
struct count {
    uint64_t records, malformed;
};

static enum clr_status count_record(void *context, const struct clr_raw *raw, struct clr_fault *fault)
{
    struct count *const count = context;

    (void)fault;
    count->records++;
    count->malformed += (raw->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(FIELD_MISMATCH) | CLR_REASON_MASK(ARITHMETIC))) != 0;
    return CLR_OK;
}

static void the_codec_takes_it(void **state)
{
    (void)state;
    for (unsigned variant = CLR_JSETC_ORIGINALS; variant < CLR_JSETC_VARIANTS; variant++) {
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            uint64_t random = seed * 104729 + variant;
            struct clr_codec_file file = { .codec = &clr_codec_jsetc, .name = "x", .units_yuan = true };
            struct count count = { 0, 0 };
            struct clr_fault fault = { 0 };
            size_t size, items = 0;
            jsetc_make(&made, (enum clr_jsetc_variant)variant, &random);
            made.message.sender = made.message.provider | 1;
            made.message.header_id = made.message.message_id;
            assert_int_equal(jsetc_write(&made, false, text, TEXT_SIZE, &size), CLR_OK);
            const struct clr_bytes bytes = clr_bytes_of(text, size);
            file.size = size;
            assert_int_equal(clr_codec_jsetc.sniff(bytes, "x"), 2);
            assert_int_equal(clr_codec_jsetc.open(&file, bytes, &fault), CLR_OK);
            assert_int_equal(clr_codec_jsetc.walk(&file, bytes, count_record, &count, &fault), CLR_OK);
            for (size_t i = 0; i < made.count; i++) {
                const enum jsetc_item_kind kind = made.item[i].kind;
                items += kind == JSETC_ITEM_TRANSACTION || kind == JSETC_ITEM_LINE || (kind == JSETC_ITEM_LIST && variant == CLR_JSETC_DISPUTE);
            }
            const bool package = variant == CLR_JSETC_ORIGINALS || variant == CLR_JSETC_REFUND;
            assert_int_equal(count.records, items + !package);
            assert_int_equal(count.malformed, 0);
            if (file.finding_count != 0) fail_msg("variant %u seed %d: %s: %s, %s", variant, (int)seed, file.findings[0].field, file.findings[0].declared, file.findings[0].seen);
        }
    }
}

static void a_small_buffer_is_full(void **state)
{
    (void)state;
    for (unsigned variant = CLR_JSETC_ORIGINALS; variant < CLR_JSETC_VARIANTS; variant++) {
        uint64_t random = 20260303 + variant;
        size_t size, less;
        jsetc_make(&made, (enum clr_jsetc_variant)variant, &random);
        assert_int_equal(jsetc_write(&made, false, text, TEXT_SIZE, &size), CLR_OK);
        for (size_t capacity = 1; capacity < size; capacity += 1 + capacity / 16) {
            char *const exact = malloc(capacity);           /* a sanitizer sees one byte too many */
            assert_non_null(exact);
            assert_int_equal(jsetc_write(&made, false, exact, capacity, &less), CLR_FULL);
            assert_true(less <= capacity);
            free(exact);
        }
    }
}

/* The sizes that the header promises suffice, with the longest texts of the worst characters. */
static void the_sizes_suffice(void **state)
{
    char *const worst = malloc(512);
    struct clr_jsetc_writer writer = { .data = text, .capacity = CLR_JSETC_MESSAGE_BYTES, .variant = CLR_JSETC_ORIGINALS };
    struct clr_jsetc_transaction transaction = { .trans_id = UINT32_MAX, .time_s = 0, .fee_fen = CLR_RECORD_FEN_MAX, .fee_negative = true,
                                                 .obu_digits = 16, .obu_id = UINT64_MAX, .has = CLR_JSETC_BIT(CLR_JSETC_NAME) | CLR_JSETC_BIT(CLR_JSETC_CARD_COUNTER) };
    struct clr_bytes *const texts[] = { &transaction.description, &transaction.card_plate, &transaction.obu_plate, &transaction.outer_id, &transaction.name,
                                        &transaction.park_time };

    (void)state;
    memset(worst, '&', 512);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = clr_bytes_of(worst, 512);
    struct clr_bytes *const parts[] = { &transaction.detail.vehicle_class, &transaction.detail.exit_type, &transaction.detail.exit_network,
                                        &transaction.detail.exit_plaza, &transaction.detail.exit_lane, &transaction.detail.entry_type,
                                        &transaction.detail.entry_network, &transaction.detail.entry_plaza, &transaction.detail.entry_lane };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) *parts[i] = clr_bytes_of(worst, 32);
    writer.capacity = CLR_JSETC_TRANSACTION_BYTES;
    assert_int_equal(clr_jsetc_write_transaction(&writer, &transaction), CLR_OK);
    transaction.description = clr_bytes_of(worst, 512);
    worst[3] = '\0';                                        /* no message can hold it */
    writer.size = 0;
    assert_int_equal(clr_jsetc_write_transaction(&writer, &transaction), CLR_USAGE);
    for (unsigned variant = CLR_JSETC_ORIGINALS; variant < CLR_JSETC_VARIANTS; variant++) {
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            uint64_t random = seed * 31 + variant;
            size_t size;
            jsetc_make(&made, (enum clr_jsetc_variant)variant, &random);
            made.count = 0;
            assert_int_equal(jsetc_write(&made, false, text, CLR_JSETC_MESSAGE_BYTES, &size), CLR_OK);
        }
    }
    free(worst);
}

/* What cannot be written is said, not written otherwise. */
static void nonsense_is_refused(void **state)
{
    struct clr_jsetc_message message = { .variant = CLR_JSETC_ACCOUNT, .message_class = 5, .message_type = 5, .content = 1, .target = CLR_DAY_NONE,
                                         .processed_at_s = CLR_TIME_NONE };
    const struct clr_jsetc_list list = { .message_id = 1 };
    struct clr_jsetc_writer writer = { .data = text, .capacity = TEXT_SIZE };

    (void)state;
    assert_int_equal(clr_jsetc_write_begin(&writer, &message), CLR_USAGE);           /* no time */
    message.processed_at_s = 0;
    writer = (struct clr_jsetc_writer){ .data = text, .capacity = TEXT_SIZE };
    assert_int_equal(clr_jsetc_write_begin(&writer, &message), CLR_OK);
    assert_int_equal(clr_jsetc_write_list_begin(&writer, &list), CLR_USAGE);         /* it has no lists */
    assert_int_equal(clr_jsetc_write_end(&writer), CLR_USAGE);                       /* and what went wrong stays */
    message.content = 2;
    writer = (struct clr_jsetc_writer){ .data = text, .capacity = TEXT_SIZE };
    assert_int_equal(clr_jsetc_write_begin(&writer, &message), CLR_USAGE);           /* totals, and not */
    message.content = 9;
    writer = (struct clr_jsetc_writer){ .data = text, .capacity = TEXT_SIZE };
    assert_int_equal(clr_jsetc_write_begin(&writer, &message), CLR_USAGE);           /* no message at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_undoes_writing), cmocka_unit_test(the_codec_takes_it),  cmocka_unit_test(a_small_buffer_is_full),
        cmocka_unit_test(the_sizes_suffice),      cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
