/* test_tac_sbox.c: the circuits of the S-boxes against the printed tables, and the tables against their own laws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tac/des_tables.h"

#define GATES_MAX 65                   /* a circuit that grew beyond this was not meant to be checked in */

static int gates;

#define DES_VEC uint64_t
#define DES_AND(a, b) (gates++, (a) & (b))
#define DES_OR(a, b) (gates++, (a) | (b))
#define DES_XOR(a, b) (gates++, (a) ^ (b))
#define DES_ANDN(a, b) (gates++, (a) & ~(b))
#define DES_NOT(a) (gates++, ~(a))
#include "tac/des_sbox.h"

#define RUN(box) DES_SBOX_##box(in[0], in[1], in[2], in[3], in[4], in[5], out[0], out[1], out[2], out[3])

static void run_circuit(int box, const uint64_t in[6], uint64_t out[4])
{
    switch (box) {
    case 0: RUN(1); break;
    case 1: RUN(2); break;
    case 2: RUN(3); break;
    case 3: RUN(4); break;
    case 4: RUN(5); break;
    case 5: RUN(6); break;
    case 6: RUN(7); break;
    case 7: RUN(8); break;
    default: fail();
    }
}

/* All 64 inputs at once: input n is bit n of the words. */
static void circuits_are_the_printed_boxes(void **state)
{
    uint64_t in[6] = { 0 }, out[4];

    (void)state;
    for (unsigned n = 0; n < 64; n++) {
        for (int bit = 0; bit < 6; bit++) in[bit] |= (uint64_t)(n >> (5 - bit) & 1) << n;
    }
    for (int box = 0; box < 8; box++) {
        gates = 0;
        run_circuit(box, in, out);
        if (gates > GATES_MAX) fail_msg("box %d has %d gates", box + 1, gates);
        for (unsigned n = 0; n < 64; n++) {
            unsigned value = 0;
            for (int bit = 0; bit < 4; bit++) value = value << 1 | (unsigned)(out[bit] >> n & 1);
            if (value != clr_des_sbox_at((unsigned)box, n)) fail_msg("box %d, input %u: %u", box + 1, n, value);
        }
    }
}

/* FIPS 46-3: every row of every box is a permutation of 0..15, and one bit more in the input changes two bits at least. */
static void printed_boxes_keep_their_design_laws(void **state)
{
    (void)state;
    for (unsigned box = 0; box < 8; box++) {
        for (int row = 0; row < 4; row++) {
            unsigned seen = 0;
            for (int column = 0; column < 16; column++) seen |= 1u << clr_des_sbox[box][row][column];
            assert_int_equal(seen, 0xFFFF);
        }
        for (unsigned n = 0; n < 64; n++) {
            for (unsigned bit = 1; bit < 64; bit <<= 1) {
                const unsigned changed = clr_des_sbox_at(box, n) ^ clr_des_sbox_at(box, n ^ bit);
                if (__builtin_popcount(changed) < 2) fail_msg("box %u, input %u, bit %u", box + 1, n, bit);
            }
        }
    }
}

static void permutations_have_their_inverses(void **state)
{
    uint64_t of_pc1 = 0, of_pc2 = 0;

    (void)state;
    for (int i = 0; i < 64; i++) assert_int_equal(clr_des_fp[clr_des_ip[i] - 1], i + 1);
    for (int i = 0; i < 32; i++) assert_int_equal(clr_des_p_inverse[clr_des_p[i] - 1], i + 1);
    for (int i = 0; i < 56; i++) {
        assert_int_not_equal(clr_des_pc1[i] % 8, 0); /* parity bits are no part of a key */
        of_pc1 |= UINT64_C(1) << (clr_des_pc1[i] - 1);
    }
    for (int i = 0; i < 48; i++) {
        assert_int_equal(clr_des_pc2[i] > 28, i >= 24);
        of_pc2 |= UINT64_C(1) << (clr_des_pc2[i] - 1);
    }
    assert_int_equal(__builtin_popcountll(of_pc1), 56);
    assert_int_equal(__builtin_popcountll(of_pc2), 48);
    for (int i = 1; i < 16; i++) assert_in_range(clr_des_turned[i] - clr_des_turned[i - 1], 1, 2);
    assert_int_equal(clr_des_turned[15], 28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(circuits_are_the_printed_boxes),
        cmocka_unit_test(printed_boxes_keep_their_design_laws),
        cmocka_unit_test(permutations_have_their_inverses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
