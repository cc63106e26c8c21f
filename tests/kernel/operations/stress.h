// SPDX-License-Identifier: Apache-2.0
// Loads that are too fast, too many or too long for a script. Each is a program of its own name,
// ends by itself, and says on standard output what it really did.
#ifndef STRESS_H
#define STRESS_H

#include <stdbool.h>

/* Ends the program, and says what it could not do. */
void stop_with(const char *what) __attribute__((noreturn));
long argument_number(char **arguments, int index);
void pin_to(int cpu);
/* Milliseconds of a clock that is never set. */
long now_ms(void);
void pause_us(long us);
/* A child that is gone when its parent is, and after some seconds whatever happens. */
int fork_mortal(void);
/* Memory that children share with whoever made it. */
void *share_memory(unsigned long bytes);

/* contend.c, contend_work.c */
int main_contend(int count, char **arguments);
/* One operation, or two that leave everything as it was; gives how many. */
typedef long (*contended_work)(const char *name, long turn);
contended_work contended_work_find(const char *operation);

/* brief_lives.c */
int main_brief_lives(int count, char **arguments);

/* deep.c */
int main_deep(int count, char **arguments);

/* mounts.c */
int main_mounts(int count, char **arguments);

#endif
