/*~ ICU's new moon is some minutes off. Where that puts it across midnight a month begins a day late, and so does
 * Spring Festival 2027: the new moon is at 23:56 of 6 February, and ICU has the 7th. The instant is computed anew
 * here, after Jean Meeus, Astronomical Algorithms, chapter 49; which month it is remains ICU's to say. */
#include "calendar/moon.h"

#include <math.h>
#include <stddef.h>

#define JULIAN_OF_EPOCH 2440587.5     /* 1970-01-01T00:00Z */
#define FIRST_JDE       2451550.09766 /* new moon of 2000-01-06 */
#define MEAN_MONTH      29.530588861
#define FULL_CIRCLE     360.0

/* Periodic terms: amplitude in days, of which angles, and by which power of the earth's eccentricity. */
static const struct {
	double size;
	int sun, moon, node; /* multiples of M, M', F */
	int eccentric;
} terms[] = {
	{-0.40720, 0, 1, 0, 0},
	{0.17241, 1, 0, 0, 1},
	{0.01608, 0, 2, 0, 0},
	{0.01039, 0, 0, 2, 0},
	{0.00739, -1, 1, 0, 1},
	{-0.00514, 1, 1, 0, 1},
	{0.00208, 2, 0, 0, 2},
	{-0.00111, 0, 1, -2, 0},
	{-0.00057, 0, 1, 2, 0},
	{0.00056, 1, 2, 0, 1},
	{-0.00042, 0, 3, 0, 0},
	{0.00042, 1, 0, 2, 1},
	{0.00038, 1, 0, -2, 1},
	{-0.00024, -1, 2, 0, 1},
	{-0.00007, 2, 1, 0, 0},
	{0.00004, 0, 2, -2, 0},
	{0.00004, 3, 0, 0, 0},
	{0.00003, 1, 1, -2, 0},
	{0.00003, 0, 2, 2, 0},
	{-0.00003, 1, 1, 2, 0},
	{0.00003, -1, 1, 2, 0},
	{-0.00002, -1, 1, -2, 0},
	{-0.00002, 1, 3, 0, 0},
	{0.00002, 0, 4, 0, 0},
};

/* What the planets add: degrees at k = 0, degrees a month, size in days. */
static const struct {
	double at, rate, size;
} planets[] = {
	{299.77, 0.107408, 0.000325},
	{251.88, 0.016321, 0.000165},
	{251.83, 26.651886, 0.000164},
	{349.42, 36.412478, 0.000126},
	{84.66, 18.206239, 0.000110},
	{141.74, 53.303771, 0.000062},
	{207.14, 2.453732, 0.000060},
	{154.84, 7.306860, 0.000056},
	{34.52, 27.261239, 0.000047},
	{207.19, 0.121824, 0.000042},
	{291.34, 1.844379, 0.000040},
	{161.72, 24.198154, 0.000037},
	{239.56, 25.513099, 0.000035},
	{331.55, 3.592518, 0.000023},
};

static double sine(double degrees)
{
	return sin(fmod(degrees, FULL_CIRCLE) * (2 * M_PI / FULL_CIRCLE));
}

/* New moon number k since that of January 2000, as a Julian day in dynamical time. */
static double new_moon(double k)
{
	double t = k / 1236.85, t2 = t * t, t3 = t2 * t, t4 = t3 * t;
	double e = 1 - 0.002516 * t - 0.0000074 * t2;
	double sun = 2.5534 + 29.10535670 * k - 0.0000014 * t2 - 0.00000011 * t3;
	double moon =
		201.5643 + 385.81693528 * k + 0.0107582 * t2 + 0.00001238 * t3 - 0.000000058 * t4;
	double node =
		160.7108 + 390.67050284 * k - 0.0016118 * t2 - 0.00000227 * t3 + 0.000000011 * t4;
	double omega = 124.7746 - 1.56375588 * k + 0.0020672 * t2 + 0.00000215 * t3;
	double jde = FIRST_JDE + MEAN_MONTH * k + 0.00015437 * t2 - 0.000000150 * t3 +
		     0.00000000073 * t4 - 0.00017 * sine(omega);
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		double angle = terms[i].sun * sun + terms[i].moon * moon + terms[i].node * node;
		double weight = terms[i].eccentric == 2 ? e * e : terms[i].eccentric == 1 ? e : 1;
		jde += terms[i].size * weight * sine(angle);
	}
	for (size_t i = 0; i < sizeof planets / sizeof planets[0]; i++) {
		double bend = i == 0 ? -0.009173 * t2 : 0;
		jde += planets[i].size * sine(planets[i].at + planets[i].rate * k + bend);
	}
	return jde;
}

/* Dynamical time runs ahead of the clock; in seconds, after Espenak and Meeus. */
static double ahead(double year)
{
	double t = year - 2000;
	if (t < -60)
		return 0.24 * (t + 100); /* some seconds at the most from the truth */
	if (t < 0)
		return 64 + 0.67 * t;
	if (t < 50)
		return 62.92 + 0.32217 * t + 0.005589 * t * t;
	return -20 + 32 * pow((year - 1820) / 100, 2) - 0.5628 * (2150 - fmin(year, 2150));
}

int32_t moon_new_near(int32_t day)
{
	double year = 1970 + day / 365.2425;
	/* noon of `day` in China, so that a new moon of that day is the nearest wherever in it it is */
	double k = round((JULIAN_OF_EPOCH + day + 4.0 / 24 - FIRST_JDE) / MEAN_MONTH);
	double utc = new_moon(k) - ahead(year) / 86400 - JULIAN_OF_EPOCH;
	/* before 1929 the day began by Beijing's own sun */
	double east = year < 1929 ? (7 * 3600 + 45 * 60 + 40) / 86400.0 : 8.0 / 24;
	return (int32_t)floor(utc + east);
}
