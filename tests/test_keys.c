/* test_keys.c: the set of TAC keys, its seal, and the files they lie in: what opens, and above all what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/file.h"
#include "scratch.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define CHEAP ((struct clr_seal_cost){ 1, 13 })

static struct clr_key key_of(const char *issuer, unsigned version, unsigned index, uint8_t fill)
{
    struct clr_key key = { .version = (uint8_t)version, .index = (uint8_t)index, .algorithm = CLR_TAC_3DES, .levels = 2, .fold = 1, .data_size = 22 };
    snprintf(key.issuer, sizeof key.issuer, "%s", issuer);
    for (unsigned i = 0; i < sizeof key.master; i++) key.master[i] = (uint8_t)(fill + 17 * i);
    return key;
}

static struct clr_keyset *three_keys(void)
{
    struct clr_keyset *set;
    const struct clr_key keys[] = { key_of("CARD-B", 1, 0, 3), key_of("CARD-A", 2, 0, 5), key_of("CARD-A", 1, 7, 7) };
    assert_int_equal(clr_keyset_create(&set), CLR_OK);
    for (size_t i = 0; i < COUNT_OF(keys); i++) assert_int_equal(clr_keyset_add(set, &keys[i], NULL), CLR_OK);
    return set;
}

static struct clr_secret *secret_of(const char *passphrase)
{
    struct clr_secret *const secret = clr_secret_create();
    assert_non_null(secret);
    secret->by = passphrase != NULL ? CLR_SEAL_BY_PASSPHRASE : CLR_SEAL_BY_KEY;
    secret->size = passphrase != NULL ? strlen(passphrase) : CLR_SEAL_KEY_SIZE;
    if (passphrase != NULL) memcpy(secret->data, passphrase, secret->size);
    else for (unsigned i = 0; i < CLR_SEAL_KEY_SIZE; i++) secret->data[i] = (uint8_t)(i * 7 + 1);
    return secret;
}

/* ---- the set ---- */

static void set_is_sorted_and_unique(void **state)
{
    (void)state;
    struct clr_keyset *const set = three_keys();
    const struct clr_key again = key_of("CARD-A", 1, 7, 99);
    struct clr_fault fault = { 0 };
    assert_int_equal(clr_keyset_count(set), 3);
    assert_string_equal(clr_keyset_at(set, 0)->issuer, "CARD-A");
    assert_int_equal(clr_keyset_at(set, 0)->version, 1);
    assert_int_equal(clr_keyset_at(set, 1)->version, 2);
    assert_string_equal(clr_keyset_at(set, 2)->issuer, "CARD-B");
    assert_int_equal(clr_keyset_add(set, &again, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "CARD-A"));
    assert_int_equal(clr_keyset_vacant(set, &again, NULL), CLR_USAGE);
    assert_int_equal(clr_keyset_count(set), 3);
    clr_keyset_destroy(set);
    clr_keyset_destroy(NULL);
    assert_int_equal(clr_keyset_count(NULL), 0);
}

/* No format names the algorithm, so the first of two such keys would be taken, whichever was meant. */
static void one_key_of_each_number_whatever_its_algorithm(void **state)
{
    static const struct { const char *name, *issuer; unsigned version, index; enum clr_status status; } cases[] = {
        { "the same numbers", "CARD-A", 1, 7, CLR_USAGE },
        { "another version", "CARD-A", 3, 7, CLR_OK },
        { "another index", "CARD-A", 1, 8, CLR_OK },
        { "version and index changed round", "CARD-A", 7, 1, CLR_OK },
        { "another issuer", "CARD-C", 1, 7, CLR_OK },
        { "the same numbers of another issuer", "CARD-B", 1, 0, CLR_USAGE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_keyset *const set = three_keys();
        struct clr_key other = key_of(cases[i].issuer, cases[i].version, cases[i].index, 99);
        struct clr_fault fault = { 0 };
        other.algorithm = CLR_TAC_SM4;
        if (clr_keyset_add(set, &other, &fault) != cases[i].status) fail_msg("%s", cases[i].name);
        assert_int_equal(clr_keyset_count(set), cases[i].status == CLR_OK ? 4 : 3);
        if (cases[i].status != CLR_OK) {
            assert_non_null(strstr(fault.en, "(3des)"));
            assert_non_null(strstr(fault.zh, "3des"));
        }
        clr_keyset_destroy(set);
    }
}

static void keys_are_taken_away(void **state)
{
    static const struct { const char *name, *issuer; unsigned version, index; enum clr_status status; size_t left; } steps[] = {
        { "no such issuer", "CARD-C", 1, 7, CLR_USAGE, 3 },
        { "no such version", "CARD-A", 3, 7, CLR_USAGE, 3 },
        { "no such index", "CARD-A", 1, 0, CLR_USAGE, 3 },
        { "the first", "CARD-A", 1, 7, CLR_OK, 2 },
        { "it is gone", "CARD-A", 1, 7, CLR_USAGE, 2 },
        { "the last", "CARD-B", 1, 0, CLR_OK, 1 },
        { "the only one", "CARD-A", 2, 0, CLR_OK, 0 },
        { "from nothing", "CARD-A", 2, 0, CLR_USAGE, 0 },
    };
    struct clr_keyset *const set = three_keys();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        const struct clr_key numbers = { .version = (uint8_t)steps[i].version, .index = (uint8_t)steps[i].index };
        struct clr_key wanted = numbers;
        struct clr_fault fault = { 0 };
        snprintf(wanted.issuer, sizeof wanted.issuer, "%s", steps[i].issuer);
        if (clr_keyset_remove(set, &wanted, &fault) != steps[i].status) fail_msg("%s", steps[i].name);
        if (clr_keyset_count(set) != steps[i].left) fail_msg("%s: %zu left", steps[i].name, clr_keyset_count(set));
        if (steps[i].status != CLR_OK) assert_non_null(strstr(fault.en, steps[i].issuer));
        for (size_t k = 0; k < clr_keyset_count(set); k++) assert_int_equal(clr_key_check(clr_keyset_at(set, k), NULL), CLR_OK);
    }
    const struct clr_key again = key_of("CARD-A", 1, 7, 9);
    assert_int_equal(clr_keyset_add(set, &again, NULL), CLR_OK);
    assert_memory_equal(clr_keyset_at(set, 0), &again, sizeof again);
    clr_keyset_destroy(set);
}

static void set_grows(void **state)
{
    (void)state;
    struct clr_keyset *set;
    assert_int_equal(clr_keyset_create(&set), CLR_OK);
    for (unsigned i = 0; i < 300; i++) {
        const struct clr_key key = key_of(i % 2 ? "CARD-A" : "CARD-B", i / 2 % 256, 0, (uint8_t)(i + 1));
        assert_int_equal(clr_keyset_add(set, &key, NULL), CLR_OK);
    }
    assert_int_equal(clr_keyset_count(set), 300);
    for (unsigned i = 1; i < 300; i++) {
        const struct clr_key *const a = clr_keyset_at(set, i - 1), *const b = clr_keyset_at(set, i);
        const int order = strcmp(a->issuer, b->issuer);
        assert_true(order < 0 || (order == 0 && a->version < b->version));
    }
    clr_keyset_destroy(set);
}

static void bad_keys_are_refused(void **state)
{
    (void)state;
    static const struct { const char *name; size_t at; uint8_t value; } cases[] = {
        { "no issuer", 0, 0 },        { "a blank in the issuer", 2, ' ' }, { "a control in the issuer", 1, 7 }, { "bytes behind the issuer", 40, 'x' },
        { "no algorithm", 66, 0 },    { "algorithm 3", 66, 3 },            { "three levels", 67, 3 },           { "issuer factor from nowhere", 68, 2 },
        { "skips 17 digits", 69, 17 }, { "fold 2", 70, 2 },                { "xor 2", 71, 2 },                  { "20 bytes of data", 72, 20 },
        { "no data", 72, 0 },         { "waits 2", 73, 2 },                { "a reserved byte", 77, 1 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_key key = key_of("CARD-A", 1, 0, 1);
        struct clr_fault fault = { 0 };
        ((uint8_t *)&key)[cases[i].at] = cases[i].value;
        if (clr_key_check(&key, &fault) != CLR_USAGE || fault.en[0] == '\0' || fault.zh[0] == '\0') fail_msg("%s", cases[i].name);
    }
    struct clr_key zero = key_of("CARD-A", 1, 0, 1);
    memset(zero.master, 0, sizeof zero.master);
    assert_int_equal(clr_key_check(&zero, NULL), CLR_USAGE);
}

/* 3DES: the published value of this well-known key. SM4 is another cipher, so another value. */
static void check_values(void **state)
{
    (void)state;
    static const uint8_t master[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10 };
    struct clr_key key = key_of("CARD-A", 1, 0, 1);
    uint8_t des[CLR_KEY_KCV_SIZE], sm4[CLR_KEY_KCV_SIZE];
    memcpy(key.master, master, sizeof master);
    assert_int_equal(clr_key_kcv(&key, des), CLR_OK);
    assert_memory_equal(des, "\x08\xD7\xB4", 3);
    key.algorithm = CLR_TAC_SM4;
    assert_int_equal(clr_key_kcv(&key, sm4), CLR_OK);
    assert_memory_not_equal(des, sm4, 3);
}

static void digest_knows_keys_and_not_seals(void **state)
{
    (void)state;
    struct clr_keyset *const a = three_keys(), *const b = three_keys(), *empty;
    uint8_t x[CLR_KEYS_DIGEST_SIZE], y[CLR_KEYS_DIGEST_SIZE], zeros[CLR_KEYS_DIGEST_SIZE] = { 0 };
    assert_int_equal(clr_keyset_create(&empty), CLR_OK);
    assert_int_equal(clr_keyset_digest(a, x), CLR_OK);
    assert_int_equal(clr_keyset_digest(b, y), CLR_OK);
    assert_memory_equal(x, y, sizeof x);
    const struct clr_key more = key_of("CARD-C", 1, 0, 9);
    assert_int_equal(clr_keyset_add(b, &more, NULL), CLR_OK);
    assert_int_equal(clr_keyset_digest(b, y), CLR_OK);
    assert_memory_not_equal(x, y, sizeof x);
    assert_int_equal(clr_keyset_digest(empty, y), CLR_OK);
    assert_memory_equal(y, zeros, sizeof y);
    assert_int_equal(clr_keyset_digest(NULL, y), CLR_OK);
    assert_memory_equal(y, zeros, sizeof y);
    clr_keyset_destroy(a);
    clr_keyset_destroy(b);
    clr_keyset_destroy(empty);
}

/* ---- the seal ---- */

struct sealed { uint8_t *data; size_t size; };

static struct sealed seal(const char *passphrase)
{
    struct clr_keyset *const set = three_keys();
    struct clr_secret *const secret = secret_of(passphrase);
    struct sealed out;
    assert_int_equal(clr_keys_seal(set, secret, CHEAP, NULL, &out.data, &out.size, NULL), CLR_OK);
    clr_secret_destroy(secret);
    clr_keyset_destroy(set);
    return out;
}

static enum clr_status unseal(const uint8_t *data, size_t size, const char *passphrase, struct clr_fault *fault)
{
    struct clr_secret *const secret = secret_of(passphrase);
    struct clr_keyset *set = NULL;
    const enum clr_status status = clr_keys_unseal(clr_bytes_of(data, size), secret, &set, fault);
    if (status == CLR_OK) {
        struct clr_keyset *const want = three_keys();
        assert_int_equal(clr_keyset_count(set), 3);
        assert_memory_equal(clr_keyset_at(set, 0), clr_keyset_at(want, 0), 3 * sizeof(struct clr_key));
        clr_keyset_destroy(want);
    } else {
        assert_null(set);
    }
    clr_keyset_destroy(set);
    clr_secret_destroy(secret);
    return status;
}

static void opens_with_its_secret_only(void **state)
{
    (void)state;
    static const struct { const char *name, *sealed, *opened; enum clr_status want; } cases[] = {
        { "passphrase", "correct horse", "correct horse", CLR_OK },
        { "key file", NULL, NULL, CLR_OK },
        { "one letter off", "correct horse", "correct horsf", CLR_KEY },
        { "one letter less", "correct horse", "correct hors", CLR_KEY },
        { "one letter more", "correct horse", "correct horse ", CLR_KEY },
        { "other case", "correct horse", "Correct horse", CLR_KEY },
        { "a key file for a passphrase", "correct horse", NULL, CLR_KEY },
        { "a passphrase for a key file", NULL, "correct horse", CLR_KEY },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_fault fault = { 0 };
        const struct sealed sealed = seal(cases[i].sealed);
        const enum clr_status status = unseal(sealed.data, sealed.size, cases[i].opened, &fault);
        if (status != cases[i].want) fail_msg("%s: %d", cases[i].name, status);
        if (status != CLR_OK && (fault.en[0] == '\0' || fault.zh[0] == '\0')) fail_msg("%s: nothing was said", cases[i].name);
        free(sealed.data);
    }
}

static void seals_are_never_alike(void **state)
{
    (void)state;
    const struct sealed a = seal(NULL), b = seal(NULL);
    assert_int_equal(a.size, b.size);
    assert_memory_not_equal(a.data + 16, b.data + 16, 40);
    assert_memory_not_equal(a.data + 56, b.data + 56, 16);
    free(a.data);
    free(b.data);
}

static void any_flipped_bit_is_found(void **state)
{
    (void)state;
    const struct sealed sealed = seal(NULL);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        sealed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (unseal(sealed.data, sealed.size, NULL, NULL) != CLR_KEY) fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        sealed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(unseal(sealed.data, sealed.size, NULL, NULL), CLR_OK);
    free(sealed.data);
}

/** Under a passphrase only the head is tried bit by bit: each try costs a derivation. Bits that would ask for more than 1 GiB are refused unread. */
static void any_flipped_byte_of_a_passphrase_seal_is_found(void **state)
{
    (void)state;
    const struct sealed sealed = seal("correct horse");
    for (size_t at = 0; at < sealed.size; at++) {
        const uint8_t flip = at == 10 ? 0x01 : 0x80;
        sealed.data[at] ^= flip;
        if (unseal(sealed.data, sealed.size, "correct horse", NULL) != CLR_KEY) fail_msg("byte %zu", at);
        sealed.data[at] ^= flip;
    }
    free(sealed.data);
}

static void any_truncation_is_found(void **state)
{
    (void)state;
    const struct sealed sealed = seal(NULL);
    uint8_t *const longer = calloc(1, sealed.size + 8);
    assert_non_null(longer);
    memcpy(longer, sealed.data, sealed.size);
    for (size_t size = 0; size < sealed.size; size++)
        if (unseal(sealed.data, size, NULL, NULL) != CLR_KEY) fail_msg("%zu bytes", size);
    for (size_t more = 1; more <= 8; more++)
        if (unseal(longer, sealed.size + more, NULL, NULL) != CLR_KEY) fail_msg("%zu bytes more", more);
    free(longer);
    free(sealed.data);
}

static void hostile_costs_are_not_paid(void **state)
{
    (void)state;
    static const struct { const char *name; uint8_t passes, memory; } cases[] = {
        { "2 GiB", 1, 31 }, { "2^255 bytes", 1, 255 }, { "no memory", 1, 0 }, { "no passes", 0, 13 }, { "17 passes", 17, 13 }, { "255 passes", 255, 13 },
    };
    const struct sealed sealed = seal("correct horse");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sealed.data[9] = cases[i].passes;
        sealed.data[10] = cases[i].memory;
        if (unseal(sealed.data, sealed.size, "correct horse", NULL) != CLR_KEY) fail_msg("%s", cases[i].name);
    }
    free(sealed.data);
}

static void nothing_of_a_key_stands_in_the_file(void **state)
{
    (void)state;
    const struct sealed sealed = seal(NULL);
    struct clr_keyset *const set = three_keys();
    for (size_t k = 0; k < 3; k++)
        for (size_t at = 0; at + 4 <= sealed.size; at++)
            for (size_t part = 0; part < 16; part += 4)
                assert_memory_not_equal(sealed.data + at, clr_keyset_at(set, k)->master + part, 4);
    clr_keyset_destroy(set);
    free(sealed.data);
}

/* ---- files ---- */

static void subfolder(const char *name, char folder[PATH_MAX])
{
    snprintf(folder, PATH_MAX, "%s", scratch_path(name));
    assert_int_equal(mkdir(folder, 0700), 0);
}

static void put_file(const char *path, const void *data, size_t size, mode_t mode)
{
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void key_files(void **state)
{
    (void)state;
    static const struct { const char *name; size_t size; mode_t mode; enum clr_status want; } cases[] = {
        { "good", 32, 0600, CLR_OK },          { "read-only", 32, 0400, CLR_OK },       { "empty", 0, 0600, CLR_KEY },
        { "a byte short", 31, 0600, CLR_KEY }, { "a byte long", 33, 0600, CLR_KEY },    { "hexadecimal text", 64, 0600, CLR_KEY },
        { "huge", 100000, 0600, CLR_KEY },     { "group reads", 32, 0640, CLR_KEY },    { "all read", 32, 0644, CLR_KEY },
        { "group writes", 32, 0620, CLR_KEY }, { "others run", 32, 0601, CLR_KEY },
    };
    char folder[PATH_MAX];
    subfolder("keys", folder);
    char path[PATH_MAX + 32], link_path[PATH_MAX + 32];
    uint8_t *const bytes = calloc(1, 100000);
    struct clr_secret *const secret = clr_secret_create();
    snprintf(path, sizeof path, "%s/k", folder);
    snprintf(link_path, sizeof link_path, "%s/link", folder);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_fault fault = { 0 };
        put_file(path, bytes, cases[i].size, cases[i].mode);
        if (clr_key_file_read(path, secret, &fault) != cases[i].want) fail_msg("%s", cases[i].name);
        if (cases[i].want != CLR_OK && strstr(fault.path, "/k") == NULL) fail_msg("%s: where?", cases[i].name);
        unlink(path);
    }
    assert_int_equal(clr_key_file_read(path, secret, NULL), CLR_KEY);              /* not there */
    put_file(path, bytes, 32, 0600);
    assert_int_equal(symlink(path, link_path), 0);
    assert_int_equal(clr_key_file_read(link_path, secret, NULL), CLR_KEY);
    assert_int_equal(clr_key_file_read(folder, secret, NULL), CLR_KEY);            /* a folder */
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(clr_key_file_read(path, secret, NULL), CLR_KEY);              /* a pipe nobody writes to */
    unlink(path);
    assert_int_equal(clr_key_file_make(path, NULL), CLR_OK);
    assert_int_equal(clr_key_file_read(path, secret, NULL), CLR_OK);
    assert_int_equal(clr_key_file_make(path, NULL), CLR_USAGE);                    /* never over another */
    clr_secret_destroy(secret);
    free(bytes);
}

static void passphrase_files(void **state)
{
    (void)state;
    static char longest[CLR_PASSPHRASE_MAX + 2];
    memset(longest, 'x', sizeof longest - 1);
    const struct { const char *name, *text, *want; mode_t mode; } cases[] = {
        { "a line", "open sesame\n", "open sesame", 0600 },
        { "no line end", "open sesame", "open sesame", 0600 },
        { "CRLF", "open sesame\r\n", "open sesame", 0600 },
        { "first of two lines", "one\ntwo\n", "one", 0600 },
        { "blanks count", " one \n", " one ", 0600 },
        { "UTF-8", "\xe5\x8f\xa3\xe4\xbb\xa4\n", "\xe5\x8f\xa3\xe4\xbb\xa4", 0600 },
        { "empty", "", NULL, 0600 },
        { "an empty line", "\n", NULL, 0600 },
        { "CR alone", "\r\n", NULL, 0600 },
        { "too long", longest, NULL, 0600 },
        { "group reads", "open sesame\n", NULL, 0640 },
    };
    char folder[PATH_MAX];
    subfolder("passphrase", folder);
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/p", folder);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_secret *const secret = clr_secret_create();
        put_file(path, cases[i].text, strlen(cases[i].text), cases[i].mode);
        const enum clr_status status = clr_passphrase_file_read(path, secret, NULL);
        if (status != (cases[i].want != NULL ? CLR_OK : CLR_KEY)) fail_msg("%s: %d", cases[i].name, status);
        if (status == CLR_OK && (secret->size != strlen(cases[i].want) || memcmp(secret->data, cases[i].want, secret->size) != 0)) fail_msg("%s", cases[i].name);
        clr_secret_destroy(secret);
        unlink(path);
    }
}

static void sealed_files(void **state)
{
    (void)state;
    static const struct { const char *name; size_t size; mode_t mode; enum clr_status want; } cases[] = {
        { "as written", 0, 0600, CLR_OK }, { "group reads", 0, 0640, CLR_KEY }, { "others write", 0, 0602, CLR_KEY },
        { "huge", CLR_SEALED_SIZE_MAX + 1, 0600, CLR_KEY },
    };
    char folder[PATH_MAX];
    subfolder("sealed", folder);
    char path[PATH_MAX + 32], link_path[PATH_MAX + 32];
    const struct sealed sealed = seal("correct horse");
    uint8_t *const huge = calloc(1, CLR_SEALED_SIZE_MAX + 1), *data;
    size_t size;
    snprintf(path, sizeof path, "%s/keys.sealed", folder);
    snprintf(link_path, sizeof link_path, "%s/link", folder);
    assert_int_equal(clr_sealed_read(path, &data, &size, NULL), CLR_NOT_FOUND);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (cases[i].size == 0) assert_int_equal(clr_sealed_replace(path, sealed.data, sealed.size, NULL), CLR_OK);
        else put_file(path, huge, cases[i].size, 0600);
        assert_int_equal(chmod(path, cases[i].mode), 0);
        if (clr_sealed_read(path, &data, &size, NULL) != cases[i].want) fail_msg("%s", cases[i].name);
        if (cases[i].want == CLR_OK) {
            assert_int_equal(size, sealed.size);
            assert_memory_equal(data, sealed.data, size);
            assert_int_equal(unseal(data, size, "correct horse", NULL), CLR_OK);
        }
        free(data);
    }
    assert_int_equal(clr_sealed_replace(path, sealed.data, sealed.size, NULL), CLR_OK);          /* over what was there */
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(symlink(path, link_path), 0);
    assert_int_equal(clr_sealed_read(link_path, &data, &size, NULL), CLR_KEY);
    assert_int_equal(clr_sealed_replace(link_path, sealed.data, sealed.size, NULL), CLR_USAGE);
    assert_int_equal(unseal((const uint8_t *)"", 0, NULL, NULL), CLR_KEY);                        /* an empty file */
    free(huge);
    free(sealed.data);
}

static void two_at_once_do_not_work_on_one_file(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    subfolder("lock", folder);
    char path[PATH_MAX + 32];
    int first, second;
    snprintf(path, sizeof path, "%s/keys.sealed", folder);
    assert_int_equal(clr_sealed_lock(path, &first, NULL), CLR_OK);
    assert_int_equal(clr_sealed_lock(path, &second, NULL), CLR_BUSY);
    close(first);
    assert_int_equal(clr_sealed_lock(path, &second, NULL), CLR_OK);
    close(second);
    snprintf(path, sizeof path, "%s/none/keys.sealed", folder);
    assert_int_equal(clr_sealed_lock(path, &first, NULL), CLR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_is_sorted_and_unique),
        cmocka_unit_test(one_key_of_each_number_whatever_its_algorithm),
        cmocka_unit_test(keys_are_taken_away),
        cmocka_unit_test(set_grows),
        cmocka_unit_test(bad_keys_are_refused),
        cmocka_unit_test(check_values),
        cmocka_unit_test(digest_knows_keys_and_not_seals),
        cmocka_unit_test(opens_with_its_secret_only),
        cmocka_unit_test(seals_are_never_alike),
        cmocka_unit_test(any_flipped_bit_is_found),
        cmocka_unit_test(any_flipped_byte_of_a_passphrase_seal_is_found),
        cmocka_unit_test(any_truncation_is_found),
        cmocka_unit_test(hostile_costs_are_not_paid),
        cmocka_unit_test(nothing_of_a_key_stands_in_the_file),
        cmocka_unit_test(key_files),
        cmocka_unit_test(passphrase_files),
        cmocka_unit_test(sealed_files),
        cmocka_unit_test(two_at_once_do_not_work_on_one_file),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
