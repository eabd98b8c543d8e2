/*
 * test_tac.c: TAC vectors, forms and refusals by every engine; 50,000 random records (prop_tac.c has millions).
 *
 * Vectors: the published examples of PBOC e-purse session keys and MACs, the standard SM4 block, and our own worked chains with made-up keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tac/tac.h"
#include "tac_reference.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FOLD CLR_TAC_3DES, 1, 0
#define SM4 CLR_TAC_SM4, 0, 0

static const enum clr_tac_engine engines[] = { CLR_TAC_OPENSSL, CLR_TAC_PORTABLE, CLR_TAC_AVX2 };

/* sodium_malloc is wrapped: the n-th one from now fails (0: none), and what is taken must be given back. */
void *__real_sodium_malloc(size_t size);
void *__wrap_sodium_malloc(size_t size);
void __real_sodium_free(void *memory);
void __wrap_sodium_free(void *memory);
static int fail_in, taken;

void *__wrap_sodium_malloc(size_t size)
{
    void *memory;

    if (fail_in > 0 && --fail_in == 0) return NULL;
    memory = __real_sodium_malloc(size);
    taken += memory != NULL;
    return memory;
}

void __wrap_sodium_free(void *memory)
{
    taken -= memory != NULL;
    __real_sodium_free(memory);
}

static struct clr_tac_context *open_context(const struct clr_tac_key *keys, size_t count, enum clr_tac_engine engine)
{
    struct clr_tac_context *context = NULL;

    assert_int_equal(clr_tac_create(keys, count, engine, &context), CLR_OK);
    return context;
}

static uint32_t compute_one(const struct clr_tac_key *key, enum clr_tac_engine engine, struct clr_tac_item item)
{
    struct clr_tac_context *context = open_context(key, 1, engine);

    item.key = 0;
    item.tac = ~item.tac;
    assert_int_equal(clr_tac_compute(context, &item, 1), CLR_OK);
    clr_tac_destroy(context);
    return item.tac;
}

/* The reference first: if it does not make the published values, nothing that is compared with it counts. */
static void the_reference_makes_published_values(void **state)
{
    static const struct { const char *name, *key, *from, *want; } blocks[] = {
        { "load session key",     "1122334455667788 8877665544332211", "11223344 0000 8000", "9B1D924E05595603" },
        { "purchase session key", "1122334455667788 8877665544332211", "11223344 0000 0001", "003238ABC57659DD" },
        { "issuer key, left",     "0123456789ABCDEF FEDCBA9876543210", "0115215000000000",   "15C747305A7C3926" },
        { "issuer key, right",    "0123456789ABCDEF FEDCBA9876543210", "FEEADEAFFFFFFFFF",   "2ACBB80D8267790F" },
        { "DES by equal halves",  "133457799BBCDFF1 133457799BBCDFF1", "0123456789ABCDEF",   "85E813540F0AB405" },
    };
    static const struct { const char *name, *key, *data; uint32_t want; } macs[] = {
        { "load MAC1",     "9B1D924E05595603", "00000000 00001000 01 001122334455",          0x2988AE5A },
        { "load MAC2",     "9B1D924E05595603", "00001000 01 001122334455 20111221 214822",   0x3A845BF0 },
        { "purchase MAC1", "003238ABC57659DD", "00001000 06 001122334455 20120229135100",    0xF15CAB75 },
    };
    uint8_t key[16], bytes[64], made[16], want[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        tac_hex(blocks[i].key, key);
        tac_hex(blocks[i].from, bytes);
        tac_hex(blocks[i].want, want);
        tac_reference_3des(key, bytes, made);
        if (memcmp(made, want, 8) != 0) fail_msg("%s", blocks[i].name);
    }
    for (size_t i = 0; i < COUNT_OF(macs); i++) {
        tac_hex(macs[i].key, key);
        if (tac_reference_des_mac(key, bytes, tac_hex(macs[i].data, bytes)) != macs[i].want) fail_msg("%s", macs[i].name);
    }
    tac_hex("0123456789ABCDEFFEDCBA9876543210", key);
    tac_hex("681EDF34D206965E86B3E94F536E4246", want);
    tac_reference_cipher("SM4-ECB", key, NULL, key, made, 16);
    assert_memory_equal(made, want, 16);
}

static void issuer_and_card_keys_are_as_worked_out(void **state)
{
    static const struct { const char *name, *master, *issuer, *card; uint8_t algorithm; const char *level1, *level2; } cases[] = {
        { "city card", "0123456789ABCDEFFEDCBA9876543210", "0115215000000000", "2150000012345678", CLR_TAC_3DES,
          "15C747305A7C39262ACBB80D8267790F", "71CC8D5F661F5124F534F08F555F6285" },
        { "toll card", "00112233445566778899AABBCCDDEEFF", "BDADCBD5BDADCBD5", "1030230212304558", CLR_TAC_3DES,
          "4E8050698E926BAE84DB85387B4B5569", "CB4932F9D28F42F6FDF9D9068D113BD0" },
        { "toll card, SM4", "00112233445566778899AABBCCDDEEFF", "BDADCBD5BDADCBD5", "1030230212304558", CLR_TAC_SM4,
          "165C982D6444371C8373730F07205117", "BC130CE23A0142A80A7F19E1FD8D1C49" },
    };
    uint8_t issuer[8], card[8], made[16], want[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_tac_key key = { .algorithm = cases[i].algorithm, .levels = 1 };
        tac_hex(cases[i].master, key.master);
        tac_hex(cases[i].issuer, issuer);
        tac_hex(cases[i].card, card);
        tac_reference_card_key(&key, issuer, made);
        tac_hex(cases[i].level1, want);
        if (memcmp(made, want, 16) != 0) fail_msg("%s: level 1", cases[i].name);
        key.levels = 2;
        memcpy(key.issuer_factor, issuer, 8);
        tac_reference_card_key(&key, card, made);
        tac_hex(cases[i].level2, want);
        if (memcmp(made, want, 16) != 0) fail_msg("%s: level 2", cases[i].name);
    }
}

#define EPURSE "1122334455667788 8877665544332211"
#define CITY "0123456789ABCDEF FEDCBA9876543210"
#define CITY_1 "15C747305A7C3926 2ACBB80D8267790F"
#define CITY_2 "71CC8D5F661F5124 F534F08F555F6285"
#define CITY_22 "000000C8 09 112345678901 00000001 20240115083015"
#define TOLL "00112233445566778899AABBCCDDEEFF"
#define TOLL_22 "00000708 09 01320002D9FD 00010BC0 20200415112527"
#define TOLL_18 "00000708 09 01320002D9FD 20200415112527"
#define SESSION(key) key " 0000000000000000"               /* folded with nothing, it is itself */

static const struct vector {
    const char *name, *master;
    uint8_t levels;
    const char *issuer, *card;
    uint8_t algorithm, fold, xor_words;
    const char *data;
    uint32_t want;
} vectors[] = {
    { "load MAC2",             SESSION("9B1D924E05595603"), 0, "", "", FOLD, "00001000 01 001122334455 20111221 214822", 0x3A845BF0 },
    { "purchase MAC1",         SESSION("003238ABC57659DD"), 0, "", "", FOLD, "00001000 06 001122334455 20120229135100", 0xF15CAB75 },
    { "card key",              EPURSE, 0, "", "", FOLD, "00001000 06 001122334455 00000001 20120229135100", 0xF5B221C9 },
    { "card key, other date",  EPURSE, 0, "", "", FOLD, "00001000 06 001122334455 00000001 20111221214822", 0x05C55AE4 },
    { "two levels",            CITY,   2, "0115215000000000", "2150000012345678", FOLD, CITY_22, 0x8D663029 },
    { "one level",             CITY_1, 1, "", "2150000012345678", FOLD, CITY_22, 0x8D663029 },
    { "no level",              CITY_2, 0, "", "", FOLD, CITY_22, 0x8D663029 },
    { "two levels, type 06",   CITY,   2, "0115215000000000", "2150000012345678", FOLD, "000000C8 06 112345678901 00000001 20240115083015", 0x2AB38BF7 },
    { "toll card key, 22",     "000102030405060708090A0B0C0D0E0F", 0, "", "", FOLD, TOLL_22, 0x0C946FAF },
    { "toll card key, 18",     "000102030405060708090A0B0C0D0E0F", 0, "", "", FOLD, TOLL_18, 0x13595EE7 },
    { "toll two levels, 22",   TOLL, 2, "BDADCBD5BDADCBD5", "1030230212304558", FOLD, TOLL_22, 0x67203678 },
    { "toll two levels, 18",   TOLL, 2, "BDADCBD5BDADCBD5", "1030230212304558", FOLD, TOLL_18, 0xBB341FCE },
    { "SM4 card key",          CITY, 0, "", "", SM4, CITY_22, 0x6B8A4E37 },
    { "SM4 two levels, 22",    TOLL, 2, "BDADCBD5BDADCBD5", "1030230212304558", SM4, TOLL_22, 0x8494AD9D },
    { "SM4 two levels, 18",    TOLL, 2, "BDADCBD5BDADCBD5", "1030230212304558", SM4, TOLL_18, 0x444937FA },
    { "SM4 XOR of words, 22",  TOLL, 2, "BDADCBD5BDADCBD5", "1030230212304558", CLR_TAC_SM4, 0, 1, TOLL_22,
      0x8494AD9D ^ 0xEB135972 ^ 0xE0C43787 ^ 0x8398E3BB },
    { "SM4 XOR of words, 18",  TOLL, 2, "BDADCBD5BDADCBD5", "1030230212304558", CLR_TAC_SM4, 0, 1, TOLL_18,
      0x444937FA ^ 0x050C817D ^ 0xF03E4DCF ^ 0xC959EE0A },
};

static void read_vector(const struct vector *vector, struct clr_tac_key *key, struct clr_tac_item *item)
{
    *key = (struct clr_tac_key){ .levels = vector->levels, .algorithm = vector->algorithm, .fold = vector->fold, .xor_words = vector->xor_words };
    memset(item, 0, sizeof *item);
    assert_int_equal(tac_hex(vector->master, key->master), 16);
    tac_hex(vector->issuer, key->issuer_factor);
    tac_hex(vector->card, item->card_factor);
    item->size = (uint8_t)tac_hex(vector->data, item->data);
}

static void every_engine_makes_the_vectors(void **state)
{
    struct clr_tac_key key;
    struct clr_tac_item item;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        read_vector(&vectors[i], &key, &item);
        if (tac_reference(&key, &item) != vectors[i].want) fail_msg("%s: reference", vectors[i].name);
        for (size_t e = 0; e < COUNT_OF(engines); e++) {
            if (!clr_tac_has(engines[e])) continue;
            const uint32_t made = compute_one(&key, engines[e], item);
            if (made != vectors[i].want) fail_msg("%s, %s: %08X", vectors[i].name, clr_tac_engine_name(engines[e]), made);
        }
    }
}

/* A record and all that differ from it in one bit of something; each has a key of its own. */
enum { FLIPS_MAX = 8 * (16 + 8 + 8 + CLR_TAC_DATA_MAX) };

static struct flips {
    struct clr_tac_key keys[FLIPS_MAX];
    struct clr_tac_item items[FLIPS_MAX];
    uint32_t want[FLIPS_MAX];
    const char *what[FLIPS_MAX];
    size_t count;
} flips;

/* @param bytes  of `key` or `item`, which are as they were when this returns. */
static void add_flips(struct clr_tac_key *key, struct clr_tac_item *item, uint8_t *bytes, size_t size, const char *what)
{
    const uint32_t before = tac_reference(key, item);

    for (size_t i = 0; i < 8 * size; i++, flips.count++) {
        /* Of a key whose bytes go into DES as they are, the lowest bit is parity, which nobody looks at. */
        const bool is_parity = key->algorithm == CLR_TAC_3DES && bytes == key->master && i % 8 == 0;
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        flips.keys[flips.count] = *key;
        flips.items[flips.count] = *item;
        flips.items[flips.count].key = (uint16_t)flips.count;
        flips.want[flips.count] = tac_reference(key, item);
        flips.what[flips.count] = what;
        if ((flips.want[flips.count] == before) != is_parity) fail_msg("%s: bit %zu does not matter", what, i);
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

static void compare_flips(void)
{
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        if (!clr_tac_has(engines[e])) continue;
        struct clr_tac_context *context = open_context(flips.keys, flips.count, engines[e]);
        assert_int_equal(clr_tac_compute(context, flips.items, flips.count), CLR_OK);
        clr_tac_destroy(context);
        for (size_t i = 0; i < flips.count; i++) {
            if (flips.items[i].tac != flips.want[i]) fail_msg("%s: %s, flip %zu", clr_tac_engine_name(engines[e]), flips.what[i], i);
        }
    }
}

static void every_bit_of_every_input_counts(void **state)
{
    static const uint8_t forms[][3] = { { FOLD }, { CLR_TAC_3DES, 0, 0 }, { SM4 }, { CLR_TAC_SM4, 0, 1 } };
    uint64_t seed = 3;

    (void)state;
    for (unsigned i = 0; i < 6 * COUNT_OF(forms); i++) {
        const uint8_t *form = forms[i % COUNT_OF(forms)];
        struct clr_tac_key key = { .levels = (uint8_t)(i / COUNT_OF(forms) % 3), .algorithm = form[0], .fold = form[1], .xor_words = form[2] };
        struct clr_tac_item item;
        tac_random_items(&seed, &item, 1, 1);
        tac_random_bytes(&seed, key.master, 16);
        tac_random_bytes(&seed, key.issuer_factor, 8);
        item.size = i / COUNT_OF(forms) < 3 ? 22 : 18;
        flips.count = 0;
        add_flips(&key, &item, key.master, 16, "master key");
        add_flips(&key, &item, item.data, item.size, "data");
        if (key.levels == 2) add_flips(&key, &item, key.issuer_factor, 8, "issuer factor");
        if (key.levels >= 1) add_flips(&key, &item, item.card_factor, 8, "card factor");
        compare_flips();
    }
}

/* What a record does not depend on: bytes beyond its size, factors that its level does not use, flags of the other algorithm. */
static void nothing_else_counts(void **state)
{
    struct clr_tac_key key;
    struct clr_tac_item item;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        read_vector(&vectors[i], &key, &item);
        memset(item.data + item.size, 0xA5, sizeof item.data - item.size);
        if (key.levels < 2) memset(key.issuer_factor, 0x5A, 8);
        if (key.levels < 1) memset(item.card_factor, 0x5A, 8);
        if (key.algorithm == CLR_TAC_SM4) key.fold ^= 1;
        else key.xor_words ^= 1;
        for (size_t e = 0; e < COUNT_OF(engines); e++) {
            if (clr_tac_has(engines[e]) && compute_one(&key, engines[e], item) != vectors[i].want) fail_msg("%s", vectors[i].name);
        }
    }
}

enum { RECORDS = 50000, KEYS = 24 };

static struct clr_tac_item items[RECORDS], again[RECORDS];

static void compute(const struct clr_tac_key *keys, size_t key_count, enum clr_tac_engine engine, struct clr_tac_item *these, size_t count)
{
    struct clr_tac_context *context = open_context(keys, key_count, engine);

    assert_int_equal(clr_tac_compute(context, these, count), CLR_OK);
    clr_tac_destroy(context);
}

/* The digest is a constant: of every engine, compiler and machine. */
static void engines_agree_on_random_records(void **state)
{
    struct clr_tac_key keys[KEYS];
    uint64_t seed = 7;

    (void)state;
    tac_random_keys(&seed, keys, KEYS);
    tac_random_items(&seed, items, RECORDS, KEYS);
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        if (!clr_tac_has(engines[e])) continue;
        for (size_t i = 0; i < RECORDS; i++) items[i].tac = (uint32_t)i;
        memcpy(again, items, sizeof items);
        compute(keys, KEYS, engines[e], again, RECORDS);
        if (tac_digest(again, RECORDS) != UINT64_C(0x4d30e6f196df6547)) {
            fail_msg("%s: digest %016llx", clr_tac_engine_name(engines[e]), (unsigned long long)tac_digest(again, RECORDS));
        }
        for (size_t i = 0; i < RECORDS; i++) {
            if (i % 50 == 0) assert_int_equal(again[i].tac, tac_reference(&keys[items[i].key], &items[i]));
            again[i].tac = items[i].tac;
        }
        assert_memory_equal(again, items, sizeof items);     /* nothing but `tac` was written */
    }
}

static void batches_of_any_size_are_whole(void **state)
{
    static const size_t sizes[] = { 0, 1, 2, 63, 64, 65, 127, 129, 255, 256, 257, 511, 513, 1000, 8191, 8192, 8193, 20000 };
    static const size_t key_counts[] = { 1, 2, KEYS };
    struct clr_tac_key keys[KEYS];
    uint64_t seed = 11;

    (void)state;
    tac_random_keys(&seed, keys, KEYS);
    for (size_t n = 0; n < COUNT_OF(sizes) * COUNT_OF(key_counts); n++) {
        const size_t count = sizes[n % COUNT_OF(sizes)], key_count = key_counts[n / COUNT_OF(sizes)];
        tac_random_items(&seed, items, count + 1, key_count);
        items[count].tac = 0xDEADBEEF;
        memcpy(again, items, (count + 1) * sizeof *items);
        compute(keys, key_count, CLR_TAC_OPENSSL, items, count);
        for (size_t e = 1; e < COUNT_OF(engines); e++) {
            if (!clr_tac_has(engines[e])) continue;
            compute(keys, key_count, engines[e], again, count);
            for (size_t i = 0; i < count; i++) {
                if (again[i].tac != items[i].tac) fail_msg("%s: %zu of %zu, %zu keys", clr_tac_engine_name(engines[e]), i, count, key_count);
            }
            assert_int_equal(again[count].tac, 0xDEADBEEF);
        }
    }
}

/* One context for many batches, backwards: what an earlier batch left in lanes, orders and schedules reaches no later one. */
static void order_and_history_do_not_count(void **state)
{
    struct clr_tac_key keys[KEYS];
    uint64_t seed = 13;

    (void)state;
    tac_random_keys(&seed, keys, KEYS);
    tac_random_items(&seed, items, RECORDS, KEYS);
    compute(keys, KEYS, CLR_TAC_OPENSSL, items, RECORDS);
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        if (!clr_tac_has(engines[e])) continue;
        struct clr_tac_context *context = open_context(keys, KEYS, engines[e]);
        for (size_t i = 0; i < RECORDS; i++) {
            again[i] = items[RECORDS - 1 - i];
            again[i].tac = 0;
        }
        for (size_t from = 0, part = 1; from < RECORDS; from += part, part = part * 3 / 2 + 1) {
            assert_int_equal(clr_tac_compute(context, again + from, part < RECORDS - from ? part : RECORDS - from), CLR_OK);
        }
        for (size_t i = 0; i < RECORDS; i++) assert_int_equal(again[i].tac, items[RECORDS - 1 - i].tac);
        clr_tac_destroy(context);
    }
}

static void unsound_keys_are_refused(void **state)
{
    static const struct { const char *name; struct clr_tac_key key; size_t count; int engine; enum clr_status want; } cases[] = {
        { "3DES",              { .levels = 2, .algorithm = CLR_TAC_3DES, .fold = 1 }, 1, CLR_TAC_OPENSSL, CLR_OK },
        { "SM4",               { .levels = 2, .algorithm = CLR_TAC_SM4, .xor_words = 1 }, 1, CLR_TAC_PORTABLE, CLR_OK },
        { "no key",            { .levels = 2, .algorithm = CLR_TAC_3DES }, 0, CLR_TAC_OPENSSL, CLR_USAGE },
        { "too many keys",     { .levels = 2, .algorithm = CLR_TAC_3DES }, CLR_TAC_KEYS_MAX + 1, CLR_TAC_OPENSSL, CLR_USAGE },
        { "three levels",      { .levels = 3, .algorithm = CLR_TAC_3DES }, 1, CLR_TAC_OPENSSL, CLR_USAGE },
        { "no algorithm",      { .levels = 2 }, 1, CLR_TAC_OPENSSL, CLR_USAGE },
        { "unknown algorithm", { .levels = 2, .algorithm = 3 }, 1, CLR_TAC_OPENSSL, CLR_USAGE },
        { "fold 2",            { .levels = 2, .algorithm = CLR_TAC_3DES, .fold = 2 }, 1, CLR_TAC_OPENSSL, CLR_USAGE },
        { "xor_words 2",       { .levels = 2, .algorithm = CLR_TAC_SM4, .xor_words = 2 }, 1, CLR_TAC_OPENSSL, CLR_USAGE },
        { "unknown engine",    { .levels = 2, .algorithm = CLR_TAC_3DES }, 1, 3, CLR_USAGE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_tac_context *context = NULL;
        const enum clr_status status = clr_tac_create(&cases[i].key, cases[i].count, (enum clr_tac_engine)cases[i].engine, &context);
        if (status != cases[i].want || (context != NULL) != (status == CLR_OK)) fail_msg("%s", cases[i].name);
        clr_tac_destroy(context);
    }
    struct clr_tac_key two[2] = { cases[0].key, { .levels = 9, .algorithm = CLR_TAC_3DES } };
    struct clr_tac_context *context = NULL;
    assert_int_equal(clr_tac_create(two, 2, CLR_TAC_OPENSSL, &context), CLR_USAGE);
    assert_null(context);
    clr_tac_destroy(NULL);                           /* as free(NULL) */
    assert_int_equal(taken, 0);
}

static void unsound_items_are_refused_before_any_is_computed(void **state)
{
    static const struct { const char *name; uint16_t key; uint8_t size; enum clr_status want; } cases[] = {
        { "18",            0, 18, CLR_OK },    { "16, the fewest",    1, 16, CLR_OK },    { "22, the most", 1, 22, CLR_OK },
        { "key beyond",    2, 22, CLR_USAGE }, { "key far beyond", 65535, 22, CLR_USAGE },
        { "size 0",        0, 0, CLR_USAGE },  { "size 15",           0, 15, CLR_USAGE }, { "size 23",      0, 23, CLR_USAGE },
        { "size 255",      0, 255, CLR_USAGE },
    };
    const struct clr_tac_key keys[2] = { { .levels = 2, .algorithm = CLR_TAC_3DES, .fold = 1 }, { .levels = 1, .algorithm = CLR_TAC_SM4 } };

    (void)state;
    for (size_t n = 0; n < COUNT_OF(cases) * COUNT_OF(engines); n++) {
        const size_t i = n % COUNT_OF(cases), e = n / COUNT_OF(cases);
        struct clr_tac_item three[3] = { { .size = 22, .tac = 1 }, { .size = 22, .tac = 1 }, { .size = cases[i].size, .key = cases[i].key, .tac = 1 } };
        if (!clr_tac_has(engines[e])) continue;
        struct clr_tac_context *context = open_context(keys, 2, engines[e]);
        if (clr_tac_compute(context, three, 3) != cases[i].want) fail_msg("%s", cases[i].name);
        for (int j = 0; j < 3; j++) {
            if ((three[j].tac == 1) != (cases[i].want != CLR_OK)) fail_msg("%s: record %d", cases[i].name, j);
        }
        clr_tac_destroy(context);
    }
}

static void memory_that_is_not_there_is_reported(void **state)
{
    const struct clr_tac_key key = { .levels = 2, .algorithm = CLR_TAC_3DES, .fold = 1 };

    (void)state;
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        enum clr_status status = CLR_FULL;
        int takes = 0;
        if (!clr_tac_has(engines[e])) continue;
        while (status != CLR_OK) {
            struct clr_tac_context *context = NULL;
            fail_in = ++takes;
            status = clr_tac_create(&key, 1, engines[e], &context);
            fail_in = 0;
            if (status != CLR_OK) assert_int_equal(status, CLR_FULL);
            clr_tac_destroy(context);
            assert_int_equal(taken, 0);
        }
        assert_int_equal(takes, engines[e] == CLR_TAC_OPENSSL ? 5 : 7);
    }
}

static void engines_have_names_and_the_best_is_there(void **state)
{
    (void)state;
    assert_string_equal(clr_tac_engine_name(CLR_TAC_OPENSSL), "openssl");
    assert_string_equal(clr_tac_engine_name(CLR_TAC_PORTABLE), "portable");
    assert_string_equal(clr_tac_engine_name(CLR_TAC_AVX2), "avx2");
    assert_string_equal(clr_tac_engine_name((enum clr_tac_engine)9), "?");
    assert_true(clr_tac_has(clr_tac_best()));
    assert_true(clr_tac_best() != CLR_TAC_OPENSSL);
    assert_false(clr_tac_has((enum clr_tac_engine)9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_makes_published_values),
        cmocka_unit_test(issuer_and_card_keys_are_as_worked_out),
        cmocka_unit_test(every_engine_makes_the_vectors),
        cmocka_unit_test(every_bit_of_every_input_counts),
        cmocka_unit_test(nothing_else_counts),
        cmocka_unit_test(engines_agree_on_random_records),
        cmocka_unit_test(batches_of_any_size_are_whole),
        cmocka_unit_test(order_and_history_do_not_count),
        cmocka_unit_test(unsound_keys_are_refused),
        cmocka_unit_test(unsound_items_are_refused_before_any_is_computed),
        cmocka_unit_test(memory_that_is_not_there_is_reported),
        cmocka_unit_test(engines_have_names_and_the_best_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
