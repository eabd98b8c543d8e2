#include "store/verify.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"

/* ---- what goes through the pipe ---- */

enum { SAYS_PROBLEM = 1, SAYS_DONE = 2 };

struct message {
    uint32_t says;
    uint32_t status;                         /* done: enum clr_status of the walk */
    uint64_t values, records, files, runs;   /* done */
    char en[256], zh[256];                   /* problem */
};

static bool write_whole(int fd, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        const ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

/** Cut a text that was too long at the start of a character. */
static void cut_utf8(char *text, int wanted, size_t room)
{
    if (wanted < 0 || (size_t)wanted < room) return;
    size_t end = room - 1;
    while (end > 0 && ((uint8_t)text[end - 1] & 0xC0) == 0x80) end--;
    if (end > 0 && (uint8_t)text[end - 1] >= 0xC0) text[end - 1] = '\0';
}

void clr_verify_say(struct clr_verify *verify, const char *en, const char *zh, ...)
{
    struct message message = { .says = SAYS_PROBLEM };
    va_list arguments, again;
    va_start(arguments, zh);
    va_copy(again, arguments);
    cut_utf8(message.en, vsnprintf(message.en, sizeof message.en, en, arguments), sizeof message.en);
    cut_utf8(message.zh, vsnprintf(message.zh, sizeof message.zh, zh, again), sizeof message.zh);
    va_end(again);
    va_end(arguments);
    verify->counts.problem_count++;
    if (!write_whole(verify->pipe, &message, sizeof message)) _exit(1);       /* nobody listens any more */
}

/* ---- the child ---- */

/** LMDB met a page it cannot believe: say so and end; aborting would only add noise. */
static int assert_pipe = -1;
static void lmdb_asserted(MDB_env *env, const char *text)
{
    struct message message = { .says = SAYS_PROBLEM };
    (void)env;
    snprintf(message.en, sizeof message.en, "a page of data.mdb is damaged (LMDB: %.120s)", text);
    snprintf(message.zh, sizeof message.zh, "data.mdb 的页已损坏（LMDB：%.120s）", text);
    _exit(write_whole(assert_pipe, &message, sizeof message) ? 2 : 1);
}

/** An environment of the child's own. No LMDB lock: the caller's flock keeps writers out. */
static int open_environment(struct clr_verify *verify, const char **doing)
{
    struct clr_env *const env = &verify->store.env;
    MDB_txn *txn;
    *doing = "opening";
    int code = mdb_env_create(&env->env);
    if (code == 0) code = mdb_env_set_maxdbs(env->env, CLR_TABLE_COUNT);
    if (code == 0) code = mdb_env_set_mapsize(env->env, verify->store.options.map_size);
    if (code == 0) code = mdb_env_set_assert(env->env, lmdb_asserted);
    if (code == 0) code = mdb_env_open(env->env, env->path, MDB_RDONLY | MDB_NOTLS | MDB_NOLOCK, 0600);
    if (code == 0) code = mdb_txn_begin(env->env, NULL, MDB_RDONLY, &txn);
    for (unsigned table = 0; code == 0 && table < CLR_TABLE_COUNT; table++) {
        *doing = clr_table_name((enum clr_table)table);
        code = mdb_dbi_open(txn, *doing, 0, &env->dbi[table]);
    }
    return code == 0 ? mdb_txn_commit(txn) : code;
}

static enum clr_status run_parts(struct clr_verify *verify)
{
    static enum clr_status (*const part[])(struct clr_verify *) = {
        clr_verify_values, clr_verify_rules, clr_verify_files, clr_verify_maps, clr_verify_list_events, clr_verify_rows, clr_verify_moves,
        clr_verify_events, clr_verify_refunds, clr_verify_packages, clr_verify_money, clr_verify_journal, clr_verify_audit, clr_verify_archives,
    };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        CLR_TRY(part[i](verify));
        if (clr_stop_requested()) return CLR_STOPPED;
        /* What the values themselves deny cannot be interpreted: everything further would only say it again. */
        if (i == 0 && verify->counts.problem_count > 0) return CLR_DAMAGED;
    }
    return CLR_OK;
}

static enum clr_status walk(struct clr_verify *verify)
{
    const char *doing;
    verify->seed = clr_tokenizer_seed(verify->store.tokenizer);
    const int code = open_environment(verify, &doing);
    if (code != 0) {
        clr_verify_say(verify, "the store cannot be opened (%s): %s", "无法打开存储（%s）：%s", doing, mdb_strerror(code));
        return CLR_DAMAGED;
    }
    struct clr_fault fault = { 0 };
    enum clr_status status = clr_tx_begin(&verify->store.env, false, &verify->tx, &fault);
    if (status == CLR_OK) status = run_parts(verify);
    return status;
}

__attribute__((noreturn)) static void be_child(const struct clr_store *store, int fd)
{
    struct clr_verify *const verify = calloc(1, sizeof *verify);
    struct message done = { .says = SAYS_DONE, .status = CLR_FULL };
    const struct rlimit none = { 0, 0 };
    /* Handlers of the caller (a test's, a sanitizer's) would go on in the child as if it were the caller. */
    static const int deadly[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i], SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &none);
    assert_pipe = fd;
    if (verify != NULL) {
        verify->store = *store;
        verify->pipe = fd;
        done.status = (uint32_t)walk(verify);
        done.values = verify->counts.values;
        done.records = verify->counts.records;
        done.files = verify->counts.files;
        done.runs = verify->counts.runs;
    }
    _exit(write_whole(fd, &done, sizeof done) ? 0 : 1);
}

/* ---- the parent ---- */

static void note_problem(struct clr_verify_report *out, const char *en, const char *zh)
{
    const size_t room = sizeof out->problem / sizeof out->problem[0];
    if (out->problem_count < room) {
        snprintf(out->problem[out->problem_count].en, sizeof out->problem[0].en, "%s", en);
        snprintf(out->problem[out->problem_count].zh, sizeof out->problem[0].zh, "%s", zh);
    }
    out->problem_count++;
}

/** Read one message. @return false at the end of the pipe, or when we are asked to stop */
static bool read_message(int fd, struct message *message)
{
    size_t size = 0;
    while (size < sizeof *message) {
        struct pollfd waiting = { .fd = fd, .events = POLLIN };
        if (clr_stop_requested()) return false;
        const int ready = poll(&waiting, 1, 200);
        if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        const ssize_t got = read(fd, (uint8_t *)message + size, sizeof *message - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        size += (size_t)got;
    }
    message->en[sizeof message->en - 1] = message->zh[sizeof message->zh - 1] = '\0';
    return true;
}

/** Collect what the child says. @return its last word; CLR_INTERNAL and *done false when it never came */
static enum clr_status listen(int fd, struct clr_verify_report *out, bool *done)
{
    struct message message;
    *done = false;
    while (read_message(fd, &message)) {
        if (message.says == SAYS_PROBLEM) {
            note_problem(out, message.en, message.zh);
            continue;
        }
        out->values = message.values;
        out->records = message.records;
        out->files = message.files;
        out->runs = message.runs;
        *done = true;
        return message.status < CLR_STATUS_COUNT ? (enum clr_status)message.status : CLR_INTERNAL;
    }
    return CLR_INTERNAL;
}

static void note_death(struct clr_verify_report *out, int how)
{
    char en[256], zh[256];
    if (WIFSIGNALED(how)) {
        snprintf(en, sizeof en, "reading the store ended with signal %d: data.mdb is damaged", WTERMSIG(how));
        snprintf(zh, sizeof zh, "读取存储时因信号 %d 终止：data.mdb 已损坏", WTERMSIG(how));
    } else {
        snprintf(en, sizeof en, "reading the store ended before its end: data.mdb is damaged");
        snprintf(zh, sizeof zh, "读取存储未能完成：data.mdb 已损坏");
    }
    note_problem(out, en, zh);
}

static enum clr_status conclude(const struct clr_verify_report *out, enum clr_status status, struct clr_fault *fault)
{
    if (out->problem_count > 0)
        return clr_fault_say(fault, CLR_DAMAGED, "the store is damaged: %llu problems, the first: %s", "存储已损坏：%llu 处问题，第一处：%.0s%s",
                             (unsigned long long)out->problem_count, out->problem[0].en, out->problem[0].zh);
    switch (status) {
    case CLR_OK: return CLR_OK;
    case CLR_FULL: return clr_fault_say(fault, status, "not enough memory to check the store", "内存不足，无法核验存储");
    case CLR_STOPPED: return clr_fault_say(fault, status, "stopped; the store was not checked to its end", "已停止；存储未核验完");
    default: return clr_fault_say(fault, status, "the store could not be checked to its end: %s", "存储未能核验完：%s", clr_status_text(status));
    }
}

enum clr_status clr_verify(struct clr_store *store, struct clr_verify_report *out, struct clr_fault *fault)
{
    int ends[2], how = 0;
    bool done;
    memset(out, 0, sizeof *out);
    if (pipe(ends) != 0) return clr_fault_say(fault, CLR_FULL, "cannot make a pipe: %s", "无法建立管道：%s", strerror(errno));
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_child(store, ends[1]);
    }
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return clr_fault_say(fault, CLR_FULL, "cannot start a process: %s", "无法启动进程：%s", strerror(errno));
    }
    enum clr_status status = listen(ends[0], out, &done);
    close(ends[0]);
    if (!done && clr_stop_requested()) {
        kill(child, SIGKILL);
        status = CLR_STOPPED;
    }
    while (waitpid(child, &how, 0) < 0 && errno == EINTR) {}
    if (!done && status != CLR_STOPPED) note_death(out, how);
    return conclude(out, status, fault);
}
