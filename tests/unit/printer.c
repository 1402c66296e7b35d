/*
 * The model: dyes absorb in three bands; their densities add up (Beer and Lambert);
 * device values become amounts of dye by a power. Both directions are then closed
 * formulas, so the tables are as exact as their grids. Black ink takes part of what the
 * three colours have in common.
 */
#include <lcms2.h>
#include <math.h>
#include <string.h>

#include "lib/base/buf.h"

#include "tests/unit/printer.h"

#define A2B_GRID 17
#define B2A_GRID 33
#define POWER	 1.5
#define BLACK	 0.6 /* of the common part, taken over by black */

/* density[band][dye] */
static const double density[3][3] = {
	{1.25, 0.16, 0.04}, {0.22, 1.15, 0.12}, {0.07, 0.26, 1.20}};
static const double black_density = 1.1;
static const double paper[3] = {0.91, 0.93, 0.92};
/* linear sRGB to XYZ, adapted to D50 */
static const double to_xyz[3][3] = {{0.4360747, 0.3850649, 0.1430804},
				    {0.2225045, 0.7168786, 0.0606169},
				    {0.0139322, 0.0971045, 0.7141733}};

struct maker {
	double version;
	bool inks;
	bool perceptual; /* lightness is squeezed into what the printer can do */
	double darkest;	 /* L* of all dyes */
	double inverse[3][3], from_xyz[3][3];
};

static void
invert(const double m[3][3], double inv[3][3])
{
	double det = 0;

	for (int i = 0; i < 3; i++)
		det += m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] -
				  m[1][(i + 2) % 3] * m[2][(i + 1) % 3]);
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			inv[j][i] = (m[(i + 1) % 3][(j + 1) % 3] *
					     m[(i + 2) % 3][(j + 2) % 3] -
				     m[(i + 1) % 3][(j + 2) % 3] *
					     m[(i + 2) % 3][(j + 1) % 3]) /
				    det;
}

static void
apply(const double m[3][3], const double in[3], double out[3])
{
	for (int i = 0; i < 3; i++)
		out[i] = m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2];
}

static double
unit(double v)
{
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* Device values (0..1) to Lab, relative to the paper. */
static void
look(const struct maker *m, const double *device, cmsCIELab *lab)
{
	double dye[3], d[3], band[3], xyz[3], white[3];
	double black = m->inks ? pow(device[3], POWER) * black_density : 0;
	cmsCIEXYZ v;

	for (int i = 0; i < 3; i++)
		dye[i] = pow(m->inks ? device[i] : 1 - device[i], POWER);
	apply(density, dye, d);
	for (int i = 0; i < 3; i++)
		band[i] = paper[i] * pow(10, -d[i] - black);
	apply(to_xyz, band, xyz);
	apply(to_xyz, paper, white);
	v.X = xyz[0] / white[0] * cmsD50_XYZ()->X;
	v.Y = xyz[1] / white[1] * cmsD50_XYZ()->Y;
	v.Z = xyz[2] / white[2] * cmsD50_XYZ()->Z;
	cmsXYZ2Lab(NULL, lab, &v);
}

/* Lab, relative to the paper, to device values, which may be beyond 0..1; true if they
 * are not. */
static bool
solve(const struct maker *m, const cmsCIELab *lab, double *device)
{
	double xyz[3], white[3], band[3], d[3], dye[3], black = 0;
	bool inside = true;
	cmsCIEXYZ v;

	cmsLab2XYZ(NULL, &v, lab);
	apply(to_xyz, paper, white);
	xyz[0] = v.X / cmsD50_XYZ()->X * white[0];
	xyz[1] = v.Y / cmsD50_XYZ()->Y * white[1];
	xyz[2] = v.Z / cmsD50_XYZ()->Z * white[2];
	apply(m->from_xyz, xyz, band);
	for (int i = 0; i < 3; i++) {
		inside = inside && band[i] > 0;
		d[i] = -log10(fmax(band[i] / paper[i], 1e-4));
	}
	apply(m->inverse, d, dye);
	if (m->inks) {
		double common = unit(fmin(dye[0], fmin(dye[1], dye[2])));

		black = BLACK * common * common;
		for (int i = 0; i < 3; i++)
			d[i] -= black * black_density;
		apply(m->inverse, d, dye);
		device[3] = pow(unit(black), 1 / POWER);
	}
	for (int i = 0; i < 3; i++) {
		double amount = pow(unit(dye[i]), 1 / POWER);

		inside = inside && dye[i] > -1e-3 && dye[i] < 1.001;
		device[i] = m->inks ? amount : 1 - amount;
	}
	return inside;
}

/* What the printer can't do is brought to its lightness range, then to grey, as far as
 * needed: no device value jumps, as none does in a good profile. */
static void
separate(const struct maker *m, const cmsCIELab *lab, double *device)
{
	cmsCIELab wanted = *lab, tried;
	double low = 0, high = 1;

	if (m->perceptual)
		wanted.L = m->darkest + wanted.L * (100 - m->darkest) / 100;
	wanted.L = fmax(wanted.L, m->darkest);
	if (solve(m, &wanted, device))
		return;
	for (int i = 0; i < 12; i++) {
		double middle = (low + high) / 2;

		tried = (cmsCIELab){wanted.L, wanted.a * middle, wanted.b * middle};
		if (solve(m, &tried, device))
			low = middle;
		else
			high = middle;
	}
	tried = (cmsCIELab){wanted.L, wanted.a * low, wanted.b * low};
	solve(m, &tried, device);
}

/* --- tables, in the Lab encoding of the profile's version --- */

static cmsInt32Number
sample_a2b(const cmsUInt16Number in[], cmsUInt16Number out[], void *ctx)
{
	const struct maker *m = ctx;
	double device[4];
	cmsCIELab lab;

	for (int i = 0; i < (m->inks ? 4 : 3); i++)
		device[i] = in[i] / 65535.;
	look(m, device, &lab);
	if (m->perceptual)
		lab.L = fmax((lab.L - m->darkest) / (100 - m->darkest) * 100, 0);
	if (m->version < 4)
		cmsFloat2LabEncodedV2(out, &lab);
	else
		cmsFloat2LabEncoded(out, &lab);
	return TRUE;
}

static cmsInt32Number
sample_b2a(const cmsUInt16Number in[], cmsUInt16Number out[], void *ctx)
{
	const struct maker *m = ctx;
	double device[4];
	cmsCIELab lab;

	if (m->version < 4)
		cmsLabEncoded2FloatV2(&lab, in);
	else
		cmsLabEncoded2Float(&lab, in);
	separate(m, &lab, device);
	for (int i = 0; i < (m->inks ? 4 : 3); i++)
		out[i] = (cmsUInt16Number)lround(device[i] * 65535);
	return TRUE;
}

static void
write_table(cmsHPROFILE h, cmsTagSignature tag, struct maker *m, bool to_device)
{
	unsigned inks = m->inks ? 4 : 3;
	unsigned in = to_device ? 3 : inks, out = to_device ? inks : 3;
	cmsPipeline *lut = cmsPipelineAlloc(NULL, in, out);
	cmsStage *grid = cmsStageAllocCLut16bit(NULL,
						to_device ? B2A_GRID
						: m->inks ? 11
							  : A2B_GRID,
						in, out, NULL);

	INVARIANT(lut != NULL && grid != NULL);
	INVARIANT(cmsStageSampleCLut16bit(grid, to_device ? sample_b2a : sample_a2b, m,
					  0));
	cmsPipelineInsertStage(lut, cmsAT_BEGIN,
			       cmsStageAllocToneCurves(NULL, in, NULL));
	cmsPipelineInsertStage(lut, cmsAT_END, grid);
	cmsPipelineInsertStage(lut, cmsAT_END,
			       cmsStageAllocToneCurves(NULL, out, NULL));
	INVARIANT(cmsWriteTag(h, tag, lut));
	cmsPipelineFree(lut);
}

static void
write_texts(cmsHPROFILE h, const char *name)
{
	cmsMLU *text = cmsMLUalloc(NULL, 1);
	double white[3];
	cmsCIEXYZ xyz;

	cmsMLUsetASCII(text, "en", "US", name);
	INVARIANT(cmsWriteTag(h, cmsSigProfileDescriptionTag, text));
	INVARIANT(cmsWriteTag(h, cmsSigCopyrightTag, text));
	cmsMLUfree(text);
	apply(to_xyz, paper, white);
	xyz.X = white[0];
	xyz.Y = white[1];
	xyz.Z = white[2];
	INVARIANT(cmsWriteTag(h, cmsSigMediaWhitePointTag, &xyz));
}

struct colour_profile *
printer_profile(enum colour_space space, double version)
{
	struct maker m = {.version = version, .inks = space == COLOUR_CMYK};
	cmsHPROFILE h = cmsCreateProfilePlaceholder(NULL);
	struct colour_profile *profile;
	cmsCIELab darkest;
	struct buf data;
	struct error err;
	cmsUInt32Number len = 0;

	invert(density, m.inverse);
	invert(to_xyz, m.from_xyz);
	look(&m, m.inks ? (double[]){1, 1, 1, BLACK} : (double[]){0, 0, 0}, &darkest);
	m.darkest = darkest.L;
	cmsSetProfileVersion(h, version);
	cmsSetDeviceClass(h, cmsSigOutputClass);
	cmsSetColorSpace(h, m.inks ? cmsSigCmykData : cmsSigRgbData);
	cmsSetPCS(h, cmsSigLabData);
	write_texts(h, m.inks ? "test inks" : "test photo printer");
	write_table(h, cmsSigAToB1Tag, &m, false);
	write_table(h, cmsSigBToA1Tag, &m, true);
	write_table(h, cmsSigBToA2Tag, &m, true);
	write_table(h, cmsSigAToB2Tag, &m, false);
	m.perceptual = true;
	write_table(h, cmsSigAToB0Tag, &m, false);
	write_table(h, cmsSigBToA0Tag, &m, true);
	INVARIANT(cmsSaveProfileToMem(h, NULL, &len));
	buf_init(&data, COLOUR_PROFILE_MAX);
	INVARIANT(buf_reserve(&data, len, &err) == 0 &&
		  cmsSaveProfileToMem(h, data.data, &len));
	INVARIANT(colour_profile_open(&profile, data.data, len, &err) == 0);
	buf_clear(&data);
	cmsCloseProfile(h);
	return profile;
}
