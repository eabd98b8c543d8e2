/*
 * stages.h: how long each stage of an ingest took, for `clear bench`. Off unless the caller asks (clr_ingest_options.stages).
 *
 * A worker has one lap clock. At the end of a stage it is told which one ended, and what passed since the last end is that stage's. It is told once for
 * CLR_CHECK_BATCH records or for a partition, never for a record; switched off it costs one comparison at these places, switched on some 5 ns a record.
 * Wall time is of threads: on n threads it adds up to n times the command's, waiting and what no stage claims being `other`. Processor time adds up to
 * the process's; on a machine with others on it, it is the one to trust.
 *
 * Promise   no result depends on it.
 * Threads   a lap belongs to one worker; sums are made when the workers are done.
 */
#ifndef CLR_INGEST_STAGES_H
#define CLR_INGEST_STAGES_H

#include <stdbool.h>
#include <stdint.h>

/* name, stable name, English, Chinese; in the order of the data */
#define CLR_STAGE_LIST(X)                                                                \
    X(DIGEST, "digest", "digest of the file", "文件摘要")                                  \
    X(READ, "read", "read into blocks", "读入数据块")                                      \
    X(DECODE, "decode", "decode", "解码")                                                 \
    X(CHECK, "check", "check, parties, token, hash", "检查、归属、令牌、散列")               \
    X(TAC, "tac", "transaction codes", "TAC 校验")                                        \
    X(SCATTER, "scatter", "scatter to partitions", "分散到分区")                           \
    X(SORT, "sort", "entries, sorted", "取出并排序")                                       \
    X(JUDGE, "judge", "judge repeats", "查重")                                            \
    X(ACCOUNT, "account", "book obligations", "记账")                                     \
    X(PACK, "pack", "pack rows and indexes", "打包行与索引")                                \
    X(WRITE, "write", "write and commit", "写入并提交")                                    \
    X(FINISH, "finish", "verdict maps, figures, files", "结论图、合计、文件登记")            \
    X(MAINTAIN, "maintain", "merge runs", "合并批次")                                      \
    X(OTHER, "other", "other, and waiting", "其他及等待")

#define X(name, ...) CLR_STAGE_##name,
enum clr_stage { CLR_STAGE_LIST(X) CLR_STAGE_COUNT };
#undef X

struct clr_lap {
    uint64_t since_ns, since_cpu_ns;     /* since_ns 0: off */
    uint64_t ns[CLR_STAGE_COUNT], cpu_ns[CLR_STAGE_COUNT];
};

struct clr_stages {
    uint64_t ns[CLR_STAGE_COUNT], cpu_ns[CLR_STAGE_COUNT];       /* of all threads */
    uint64_t wall_ns, all_cpu_ns;                                /* of the command */
    uint64_t step_ns, step_cpu_ns;                               /* since when the step at hand runs */
    unsigned threads;
    uint64_t txn_size;                                           /* bytes in flight a record: for what a stage must move at least */
};

const char *clr_stage_name(enum clr_stage stage);
const char *clr_stage_text(enum clr_stage stage, bool chinese);

/** On, from here. */
void clr_lap_start(struct clr_lap *lap);

/** A worker begins a phase, perhaps in a new thread: what passed since its last stage was no stage's. */
void clr_lap_resume(struct clr_lap *lap);
void clr_lap_end_running(struct clr_lap *lap, enum clr_stage stage);

/** The stage ends here. Nothing happens while the lap is off. */
static inline void clr_lap_end(struct clr_lap *lap, enum clr_stage stage)
{
    if (__builtin_expect(lap->since_ns != 0, 0)) clr_lap_end_running(lap, stage);
}

/* Of the whole command, by its own thread; nothing happens with NULL. */
void clr_stages_begin(struct clr_stages *stages, unsigned threads);
/** A step that all threads shared, or waited for, ended: its time, of all threads. OTHER: only goes on. */
void clr_stages_step(struct clr_stages *stages, enum clr_stage stage);
/** Laps of a worker into the sums. */
void clr_stages_add(struct clr_stages *stages, const struct clr_lap *lap);
/** After the last worker: time of the command, and what of the threads' time no stage had. */
void clr_stages_end(struct clr_stages *stages);

#endif
