/* test_stages.c: the clocks of the stages of an ingest, and the floor beside them. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "bench_machine.h"
#include "ingest/stages.h"

/** Until the processor and the wall both went on by this much. */
static void work(uint64_t ns)
{
    const uint64_t wall = clr_clock_monotonic_ns(), cpu = clr_clock_thread_cpu_ns();
    while (clr_clock_monotonic_ns() - wall < ns || clr_clock_thread_cpu_ns() - cpu < ns) continue;
}

static void off_is_off(void **state)
{
    struct clr_lap lap = { 0 };
    (void)state;
    clr_lap_end(&lap, CLR_STAGE_DECODE);
    clr_lap_resume(&lap);
    clr_lap_end(&lap, CLR_STAGE_CHECK);
    for (unsigned i = 0; i < CLR_STAGE_COUNT; i++) assert_int_equal(lap.ns[i] + lap.cpu_ns[i], 0);
    clr_stages_begin(NULL, 2);
    clr_stages_step(NULL, CLR_STAGE_DIGEST);
    clr_stages_add(NULL, &lap);
    clr_stages_end(NULL);
}

static void what_ended_has_the_time(void **state)
{
    struct clr_lap lap = { 0 };
    (void)state;
    clr_lap_start(&lap);
    work(2000000);
    clr_lap_end(&lap, CLR_STAGE_DECODE);
    assert_in_range(lap.ns[CLR_STAGE_DECODE], 2000000, UINT64_MAX);
    assert_in_range(lap.cpu_ns[CLR_STAGE_DECODE], 2000000, UINT64_MAX);
    work(2000000);
    clr_lap_resume(&lap);                         /* a new thread of the worker: that was nobody's */
    clr_lap_end(&lap, CLR_STAGE_SORT);
    assert_in_range(lap.cpu_ns[CLR_STAGE_SORT], 0, 1999999);
    assert_int_equal(lap.ns[CLR_STAGE_CHECK] + lap.ns[CLR_STAGE_OTHER], 0);
}

static void the_parts_are_the_whole(void **state)
{
    struct clr_stages stages = { .wall_ns = 77 };
    struct clr_lap lap = { 0 };
    uint64_t wall = 0, cpu = 0;
    (void)state;
    clr_stages_begin(&stages, 2);
    work(1000000);
    clr_stages_step(&stages, CLR_STAGE_DIGEST);
    clr_lap_start(&lap);
    work(1000000);
    clr_lap_end(&lap, CLR_STAGE_PACK);
    work(1000000);
    clr_stages_add(&stages, &lap);
    clr_stages_end(&stages);
    for (unsigned i = 0; i < CLR_STAGE_COUNT; i++) wall += stages.ns[i], cpu += stages.cpu_ns[i];
    assert_int_equal(wall, 2 * stages.wall_ns);
    assert_int_equal(cpu, stages.all_cpu_ns);
    assert_in_range(stages.ns[CLR_STAGE_DIGEST], 2000000, UINT64_MAX);           /* both threads were in it, or waited */
    assert_in_range(stages.ns[CLR_STAGE_OTHER], 2000000, UINT64_MAX);
    assert_in_range(stages.cpu_ns[CLR_STAGE_OTHER], 1000000, UINT64_MAX);
    assert_int_equal(stages.ns[CLR_STAGE_DECODE], 0);
}

static void floors(void **state)
{
    static const struct bench_machine machine = { .memory_rate = 10000000000, .sha_rate = 1000000000, .disk_rate = 500000000, .tac_tenths = 601 };
    static const struct clr_stages stages = { .txn_size = 128 };
    static const struct { enum clr_stage stage; uint64_t tenths; } cases[] = {
        { CLR_STAGE_DIGEST, 1000 }, { CLR_STAGE_READ, 200 }, { CLR_STAGE_DECODE, 100 }, { CLR_STAGE_CHECK, 0 },   { CLR_STAGE_TAC, 601 },
        { CLR_STAGE_SCATTER, 128 }, { CLR_STAGE_SORT, 128 }, { CLR_STAGE_JUDGE, 0 },    { CLR_STAGE_ACCOUNT, 0 }, { CLR_STAGE_PACK, 30 },
        { CLR_STAGE_WRITE, 600 },   { CLR_STAGE_FINISH, 0 }, { CLR_STAGE_MAINTAIN, 0 }, { CLR_STAGE_OTHER, 0 },
    };
    static_assert(sizeof cases / sizeof *cases == CLR_STAGE_COUNT, "every stage");
    (void)state;
    for (size_t i = 0; i < CLR_STAGE_COUNT; i++)          /* 100 bytes a record of the file, 30 stored */
        assert_int_equal(bench_machine_floor(&machine, cases[i].stage, &stages, 4000000000, 400000000000, 120000000000), cases[i].tenths);
    const struct bench_machine unknown = { 0 };
    assert_int_equal(bench_machine_floor(&unknown, CLR_STAGE_TAC, &stages, 0, 0, 0), 0);
    assert_int_equal(bench_machine_floor(&unknown, CLR_STAGE_DIGEST, &stages, 0, 0, 0), 0);       /* nothing by nothing is nothing */
}

static void a_machine_is_measured(void **state)
{
    struct bench_machine machine;
    struct clr_fault fault = { 0 };
    (void)state;
    assert_int_equal(bench_machine_measure("/tmp", true, 1 + CLR_TAC_PORTABLE, &machine, &fault), CLR_OK);
    assert_true(machine.memory_rate > 0 && machine.sha_rate > 0 && machine.disk_rate > 0 && machine.tac_tenths > 0);
    assert_int_equal(machine.engine, CLR_TAC_PORTABLE);
    assert_int_equal(bench_machine_measure("/nowhere/at/all", false, 0, &machine, &fault), CLR_USAGE);
    assert_non_null(strstr(fault.en, "--dir"));
    assert_int_equal(bench_machine_measure("/tmp", true, 9, &machine, &fault), CLR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(off_is_off), cmocka_unit_test(what_ended_has_the_time), cmocka_unit_test(the_parts_are_the_whole),
        cmocka_unit_test(floors),     cmocka_unit_test(a_machine_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
