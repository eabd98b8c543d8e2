/*
 * status.h: the one error enum of the engine, the exit code of each, and the fault that says where.
 *
 * Three kinds of trouble, three answers: our bug is an assert; the world (disk, limit, broken file)
 * is a clr_status; a bad record is data (a reason bit, see model/verdict.h) and never a status.
 * Codes of LMDB, libsodium, zstd and errno are translated where they are called and travel no further.
 *
 * Threads   a struct clr_fault belongs to one call; nothing here is shared.
 */
#ifndef CLR_BASE_STATUS_H
#define CLR_BASE_STATUS_H

#include <stdint.h>

#define CLR_MUST_USE __attribute__((warn_unused_result))

/* name, exit code of the command (the contract's table), short English text */
#define CLR_STATUS_LIST(X)                                                                  \
    X(OK,         0, "success")                                                             \
    X(INTERNAL,   1, "internal error")                                                      \
    X(USAGE,      2, "usage or configuration")                                              \
    X(REFUSED,    4, "input refused; nothing of that file was kept")                        \
    X(UNBALANCED, 5, "an invariant of the money broke; nothing was published")              \
    X(OVERFLOW,   5, "an amount left the int64 fen range")                                  \
    X(BUSY,       6, "another run holds the store")                                         \
    X(FULL,       7, "disk, map or memory is full; the store is as before")                 \
    X(KEY,        8, "key or signature subsystem unavailable")                              \
    X(DAMAGED,    9, "stored data is damaged; restore first")                               \
    X(NOT_FOUND,  2, "no such record, file, window or rules version")                       \
    X(STOPPED,  130, "stopped by a signal; safe to go on")

enum clr_status {
#define X(name, code, text) CLR_##name,
    CLR_STATUS_LIST(X)
#undef X
    CLR_STATUS_COUNT
};

/** Where and why a call failed, in both languages, for the operator. Filled by whoever returns the status. */
struct clr_fault {
    enum clr_status status;
    char path[512];        /* file concerned, "" if none */
    uint64_t line;         /* 1-based line of a text file (rules), 0 if none */
    uint64_t record;       /* 1-based record number of an input file, 0 if none */
    uint64_t offset;       /* byte offset in the unpacked input file; meaningful when record > 0 or has_offset */
    int has_offset;
    char field[48];        /* field or column, "" if none */
    char seen[96];         /* what was seen there, masked, printable */
    char en[512];          /* what is wrong and what to do, English */
    char zh[512];          /* the same in Chinese (UTF-8) */
};

/** "success", "input refused…": the short text of the enum. Never NULL. */
const char *clr_status_text(enum clr_status status);

/** Exit code of the command for this status. */
int clr_status_exit_code(enum clr_status status);

/** The more severe of two, in the contract's order 5 9 1 8 7 6 2 4 3 0 (by exit code). */
enum clr_status clr_status_worse(enum clr_status a, enum clr_status b);

/**
 * Record what went wrong, once, in both languages, and return `status`. Clears the place of an earlier fault: say first,
 * then clr_fault_at(), record, offset.
 *
 * @param fault  may be NULL (then only the status is returned).
 * @param en,zh  printf formats that take the same arguments in the same order.
 */
enum clr_status clr_fault_say(struct clr_fault *fault, enum clr_status status, const char *en, const char *zh, ...);

/** Add the place to a fault already said. NULL fault or NULL/0 arguments are ignored. */
void clr_fault_at(struct clr_fault *fault, const char *path, uint64_t line, const char *field);

#define CLR_TRY(call)                                                                       \
    do {                                                                                    \
        const enum clr_status try_status = (call);                                          \
        if (try_status != CLR_OK) return try_status;                                        \
    } while (0)

/** Cheap assertion that stays in release builds. It never judges input. On failure: message, exit 1 at once (nothing is committed);
 *  abort under a sanitizer or fuzzer. */
#define CLR_ASSERT(condition)                                                               \
    ((condition) ? (void)0 : clr_assert_failed(#condition, __FILE__, __LINE__))

__attribute__((noreturn)) void clr_assert_failed(const char *condition, const char *file, int line);

#endif
