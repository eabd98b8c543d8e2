/*
 * des_sbox_gen.c: derives the S-boxes of DES as Boolean circuits and prints engine/tac/des_sbox.h.
 *
 *   des_sbox_gen                     derive again from the seeds below; the same bytes on every machine
 *   des_sbox_gen search SECONDS SEED look for better seeds: prints a line for each improvement
 *
 * The method is Kwan's (M. Kwan, "Reducing the gate count of bitslice DES", 2000), with gates AND, OR, XOR, AND-NOT and NOT. A function of six
 * inputs is a number of 64 bits, one for each input. To make a wanted function, of which only the bits under a mask matter, out of the gates
 * there are: take one that has it; else one, two or three new gates over existing ones; else choose an input x, make the function where
 * x = 0, make what is then missing where x = 1, and join: f0 ^ (f1 & x). Every choice of x, and three ways to join, are tried near the root; some,
 * drawn by the seed, below it. A box's four outputs are made one after the other, each on the gates of those before.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../des_tables.h"

#define GATES_MAX 96
#define INPUTS 6
#define PAIRS_MAX (5 * GATES_MAX * GATES_MAX / 2)
#define HASH_SIZE 65536u

enum op { OP_INPUT, OP_AND, OP_OR, OP_XOR, OP_ANDN, OP_NOT };

struct gate { uint64_t table; uint8_t op, a, b; };
struct circuit { struct gate gates[GATES_MAX]; int count; };
struct pair { uint64_t table; uint8_t op, a, b; };

/* What a recipe must say to get a circuit again: found by `search`, see main(). */
static const uint64_t best_seeds[8] = { 319, 181, 179, 69, 34, 494, 100192, 425 };

static uint64_t random_state;

static uint64_t next_random(void)
{
    uint64_t mixed = random_state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static void shuffle(uint8_t *numbers, int count)
{
    for (int i = count - 1; i > 0; i--) {
        const int j = (int)(next_random() % (uint64_t)(i + 1));
        const uint8_t swapped = numbers[i];
        numbers[i] = numbers[j];
        numbers[j] = swapped;
    }
}

static uint64_t apply(int op, uint64_t a, uint64_t b)
{
    switch (op) {
    case OP_AND:  return a & b;
    case OP_OR:   return a | b;
    case OP_XOR:  return a ^ b;
    case OP_ANDN: return a & ~b;
    default:      return ~a;
    }
}

/* A gate with this very table is used again; else a new one is added. */
static int add_gate(struct circuit *circuit, int op, int a, int b)
{
    const uint64_t table = apply(op, circuit->gates[a].table, circuit->gates[b].table);

    for (int i = 0; i < circuit->count; i++) {
        if (circuit->gates[i].table == table) return i;
    }
    if (circuit->count == GATES_MAX) abort();
    circuit->gates[circuit->count] = (struct gate){ table, (uint8_t)op, (uint8_t)a, (uint8_t)b };
    return circuit->count++;
}

/* What is wanted: ones and zeros under the mask; elsewhere anything will do. */
struct want { uint64_t ones, zeros; };

static bool fits(struct want want, uint64_t table)
{
    return (want.ones & ~table) == 0 && (want.zeros & table) == 0;
}

static struct want complement(struct want want)
{
    return (struct want){ want.zeros, want.ones };
}

static struct want flipped_by(struct want want, uint64_t table)
{
    return (struct want){ (want.ones & ~table) | (want.zeros & table), (want.zeros & ~table) | (want.ones & table) };
}

/* An op and the order of its operands, such that op(table, other) is what is wanted; 0 if none. AND-NOT both ways. */
static int joining_op(struct want want, uint64_t table, uint64_t other, bool *swapped)
{
    *swapped = false;
    if (fits(want, table & other)) return OP_AND;
    if (fits(want, table | other)) return OP_OR;
    if (fits(want, table ^ other)) return OP_XOR;
    if (fits(want, table & ~other)) return OP_ANDN;
    *swapped = true;
    return fits(want, other & ~table) ? OP_ANDN : 0;
}

static int join(struct circuit *circuit, int op, bool swapped, int a, int b)
{
    return swapped ? add_gate(circuit, op, b, a) : add_gate(circuit, op, a, b);
}

static int by_one_gate(struct circuit *circuit, const uint8_t *order, int count, struct want want)
{
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
            bool swapped;
            const int op = joining_op(want, circuit->gates[order[i]].table, circuit->gates[order[j]].table, &swapped);
            if (op != 0) return join(circuit, op, swapped, order[i], order[j]);
        }
    }
    return -1;
}

static int list_pairs(const struct circuit *circuit, const uint8_t *order, int count, struct pair *pairs)
{
    int made = 0;

    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
            const uint8_t a = order[i], b = order[j];
            const uint64_t x = circuit->gates[a].table, y = circuit->gates[b].table;
            pairs[made++] = (struct pair){ x & y, OP_AND, a, b };
            pairs[made++] = (struct pair){ x | y, OP_OR, a, b };
            pairs[made++] = (struct pair){ x ^ y, OP_XOR, a, b };
            pairs[made++] = (struct pair){ x & ~y, OP_ANDN, a, b };
            pairs[made++] = (struct pair){ y & ~x, OP_ANDN, b, a };
        }
    }
    return made;
}

static int by_two_gates(struct circuit *circuit, const uint8_t *order, int count, const struct pair *pairs, int made, struct want want)
{
    const uint64_t mask = want.ones | want.zeros;

    for (int i = 0; i < made; i++) {
        const uint64_t table = pairs[i].table;
        const bool over = (want.ones & ~table) == 0, under = (want.zeros & table) == 0, apart = (want.ones & table) == 0;
        const bool joins = over || under || apart;     /* only XOR is possible otherwise */
        for (int k = 0; k < count; k++) {
            const uint64_t other = circuit->gates[order[k]].table;
            bool swapped;
            if (!joins && ((table ^ other ^ want.ones) & mask) != 0) continue;
            const int op = joining_op(want, table, other, &swapped);
            if (op != 0) return join(circuit, op, swapped, add_gate(circuit, pairs[i].op, pairs[i].a, pairs[i].b), order[k]);
        }
    }
    return -1;
}

static int join_pairs(struct circuit *circuit, int op, struct pair a, struct pair b)
{
    const int left = add_gate(circuit, a.op, a.a, a.b);
    return add_gate(circuit, op, left, add_gate(circuit, b.op, b.a, b.b));
}

/* Two new gates whose XOR is wanted, by a hash of the tables under the mask. */
static int by_xor_of_pairs(struct circuit *circuit, const struct pair *pairs, int made, struct want want)
{
    static uint16_t heads[HASH_SIZE];
    const uint64_t mask = want.ones | want.zeros;

    memset(heads, 0, sizeof heads);
    for (int i = 0; i < made; i++) {
        const uint64_t table = pairs[i].table & mask, missing = (pairs[i].table ^ want.ones) & mask;
        const unsigned slot = (unsigned)(missing * UINT64_C(0x9e3779b97f4a7c15) >> 48);
        if (heads[slot] != 0 && (pairs[heads[slot] - 1].table & mask) == missing) return join_pairs(circuit, OP_XOR, pairs[heads[slot] - 1], pairs[i]);
        heads[table * UINT64_C(0x9e3779b97f4a7c15) >> 48] = (uint16_t)(i + 1);
    }
    return -1;
}

#define LIST_MAX 600

/* Two new gates joined by AND or OR: the first must cover all ones (no zeros), so few are candidates. */
static int by_and_of_pairs(struct circuit *circuit, const struct pair *pairs, int made, struct want want, int op)
{
    static uint16_t list[LIST_MAX];
    const struct want inner = op == OP_AND ? want : complement(want);    /* ~(a | b) = ~a & ~b */
    int listed = 0;

    for (int i = 0; i < made && listed < LIST_MAX; i++) {
        const uint64_t table = op == OP_AND ? pairs[i].table : ~pairs[i].table;
        if ((inner.ones & ~table) != 0) continue;
        for (int k = 0; k < listed; k++) {
            const uint64_t other = op == OP_AND ? pairs[list[k]].table : ~pairs[list[k]].table;
            if ((inner.zeros & table & other) == 0) return join_pairs(circuit, op, pairs[list[k]], pairs[i]);
        }
        list[listed++] = (uint16_t)i;
    }
    return -1;
}

static int by_few_gates(struct circuit *circuit, struct want want, int limit)
{
    static struct pair pairs[PAIRS_MAX];
    const int count = circuit->count;
    uint8_t order[GATES_MAX];
    int found, made;

    for (int i = 0; i < count; i++) {
        if (fits(want, circuit->gates[i].table)) return i;
    }
    if (count + 1 > limit) return -1;
    for (int i = 0; i < count; i++) {
        if (fits(complement(want), circuit->gates[i].table)) return add_gate(circuit, OP_NOT, i, i);
    }
    for (int i = 0; i < count; i++) order[i] = (uint8_t)i;
    shuffle(order, count);
    found = by_one_gate(circuit, order, count, want);
    if (found >= 0 || count + 2 > limit) return found;

    made = list_pairs(circuit, order, count, pairs);
    found = by_two_gates(circuit, order, count, pairs, made, want);
    if (found >= 0) return found;
    found = by_one_gate(circuit, order, count, complement(want));
    if (found >= 0) return add_gate(circuit, OP_NOT, found, found);
    if (count + 3 > limit) return -1;

    found = by_xor_of_pairs(circuit, pairs, made, want);
    if (found < 0) found = by_and_of_pairs(circuit, pairs, made, want, OP_AND);
    if (found < 0) found = by_and_of_pairs(circuit, pairs, made, want, OP_OR);
    return found;
}

static int make(struct circuit *circuit, struct want want, unsigned used, int depth, int limit);

/*
 * Split by input x: f0 ^ (f1 & x), f1 ^ (f0 & ~x) or g ^ (h | x), where in the last g is the complement of what is wanted at x = 1.
 */
static int make_split(struct circuit *circuit, struct want want, int input, int way, unsigned used, int depth, int limit)
{
    const uint64_t x = circuit->gates[input].table;
    const uint64_t first_side = way == 0 ? ~x : x;
    struct want first = { want.ones & first_side, want.zeros & first_side }, rest = { want.ones & ~first_side, want.zeros & ~first_side };
    int f, g;

    if (way == 2) first = complement(first);
    f = make(circuit, first, used | 1u << input, depth + 1, limit - 2);
    if (f < 0) return -1;
    g = make(circuit, flipped_by(rest, circuit->gates[f].table), used | 1u << input, depth + 1, limit - 2);
    if (g < 0) return -1;
    g = add_gate(circuit, way == 0 ? OP_AND : way == 1 ? OP_ANDN : OP_OR, g, input);
    g = add_gate(circuit, OP_XOR, f, g);
    return circuit->count <= limit && fits(want, circuit->gates[g].table) ? g : -1;
}

/* @return the gate that is as wanted, with the circuit extended to at most `limit` gates; -1 and a circuit to throw away if that was not found. */
static int make(struct circuit *circuit, struct want want, unsigned used, int depth, int limit)
{
    static const int breadths[] = { 3 * INPUTS, 5, 3, 2, 1, 1, 1 };
    struct circuit best, tried;
    uint8_t splits[3 * INPUTS];
    int found, count = 0;

    if (circuit->count > limit) return -1;
    found = by_few_gates(circuit, want, limit);
    if (found >= 0 || circuit->count + 4 > limit) return found;

    for (int i = 0; i < 3 * INPUTS; i++) {
        if ((used >> i % INPUTS & 1) == 0) splits[count++] = (uint8_t)i;
    }
    shuffle(splits, count);
    if (count > breadths[depth]) count = breadths[depth];
    for (int i = 0; i < count; i++) {
        tried = *circuit;
        const int made = make_split(&tried, want, splits[i] % INPUTS, splits[i] / INPUTS, used, depth, limit);
        if (made < 0) continue;
        best = tried;
        found = made;
        limit = best.count - 1;                      /* only a smaller one is of interest from here */
    }
    if (found >= 0) *circuit = best;
    return found;
}

static struct want output_of(int box, int bit)
{
    struct want want = { 0, 0 };

    for (unsigned input = 0; input < 64; input++) {
        if (clr_des_sbox_at((unsigned)box, input) >> (3 - bit) & 1) want.ones |= UINT64_C(1) << input;
    }
    want.zeros = ~want.ones;
    return want;
}

static bool make_box(int box, uint64_t seed, int limit, struct circuit *circuit, int outputs[4])
{
    uint8_t order[4] = { 0, 1, 2, 3 };

    random_state = seed * 8 + (uint64_t)box;
    memset(circuit, 0, sizeof *circuit);
    for (int i = 0; i < INPUTS; i++) {
        for (unsigned input = 0; input < 64; input++) circuit->gates[i].table |= (uint64_t)(input >> (5 - i) & 1) << input;
    }
    circuit->count = INPUTS;
    shuffle(order, 4);
    for (int i = 0; i < 4; i++) {
        outputs[order[i]] = make(circuit, output_of(box, order[i]), 0, 0, limit);
        if (outputs[order[i]] < 0) return false;
    }
    return true;
}

static void print_operand(const struct circuit *circuit, int gate)
{
    if (circuit->gates[gate].op == OP_INPUT) printf("x%d", gate + 1);
    else printf("t%d", gate);
}

static void print_box(int box, const struct circuit *circuit, const int outputs[4])
{
    static const char *const names[] = { "", "AND", "OR", "XOR", "ANDN", "NOT" };

    printf("\n/* %d gates */\n#define DES_SBOX_%d(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4)", circuit->count - INPUTS, box + 1);
    printf(" \\\n    do { \\\n");
    for (int i = INPUTS; i < circuit->count; i++) {
        printf("        const DES_VEC t%d = DES_%s(", i, names[circuit->gates[i].op]);
        print_operand(circuit, circuit->gates[i].a);
        if (circuit->gates[i].op != OP_NOT) {
            printf(", ");
            print_operand(circuit, circuit->gates[i].b);
        }
        printf("); \\\n");
    }
    for (int i = 0; i < 4; i++) printf("        y%d = t%d; \\\n", i + 1, outputs[i]);
    printf("    } while (0)\n");
}

static int print_header(void)
{
    static struct circuit circuit;
    int outputs[4];

    printf("/*\n * des_sbox.h: the S-boxes of DES as circuits. Written by gen/des_sbox_gen.c: do not edit, run it again.\n *\n"
           " * Give DES_VEC and DES_AND, DES_OR, DES_XOR, DES_ANDN(a, b) = a & ~b, DES_NOT first. Inputs x1..x6 and outputs y1..y4 as in FIPS 46-3,\n"
           " * bit 1 the most significant.\n */\n");
    printf("#ifndef CLR_TAC_DES_SBOX_H\n#define CLR_TAC_DES_SBOX_H\n");
    for (int box = 0; box < 8; box++) {
        if (!make_box(box, best_seeds[box], GATES_MAX - 1, &circuit, outputs)) return 1;
        print_box(box, &circuit, outputs);
    }
    printf("\n#endif\n");
    return fflush(stdout) == 0 ? 0 : 1;
}

static int search(int seconds, uint64_t seed)
{
    int best[8];

    for (int box = 0; box < 8; box++) best[box] = GATES_MAX;
    for (const time_t end = time(NULL) + seconds; time(NULL) < end; seed++) {
        for (int box = 0; box < 8; box++) {
            static struct circuit circuit;
            int outputs[4];
            if (!make_box(box, seed, GATES_MAX - 1, &circuit, outputs) || circuit.count >= best[box]) continue;
            best[box] = circuit.count;
            printf("box %d seed %llu gates %d\n", box + 1, (unsigned long long)seed, circuit.count - INPUTS);
            fflush(stdout);
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "search") == 0) return search(atoi(argv[2]), strtoull(argv[3], NULL, 10));
    if (argc == 1) return print_header();
    fprintf(stderr, "usage: des_sbox_gen [search SECONDS SEED]\n");
    return 2;
}
