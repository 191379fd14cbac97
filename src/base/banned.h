/*
 * Functions that do not compile, because every use of them is a mistake waiting. The Makefile puts
 * this file before every source file of ours, so nothing needs to include it.
 */
#ifndef DIGEST_BANNED_H
#define DIGEST_BANNED_H

/* The declarations come first, or the macros would hit them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name, instead) name##_is_banned_use_##instead

#undef strcpy
#define strcpy(to, from) BANNED(strcpy, buf)
#undef strcat
#define strcat(to, from) BANNED(strcat, buf)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf_or_buf_addf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, vsnprintf)
#undef strtok
#define strtok(text, separators) BANNED(strtok, str_next)
#undef gets
#define gets(line) BANNED(gets, getline)
#undef atoi
#define atoi(text) BANNED(atoi, str_to_int)
#undef localtime
#define localtime(time) BANNED(localtime, zone)
#undef gmtime
#define gmtime(time) BANNED(gmtime, date)

#endif
