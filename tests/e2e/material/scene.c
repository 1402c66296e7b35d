/* Value noise on a lattice of hashed corners, summed over octaves. */
#include <math.h>
#include <stdbool.h>

#include "tests/e2e/material/scene.h"

static float
corner(uint32_t x, uint32_t y)
{
	uint32_t h = x * 0x9E3779B1u ^ y * 0x85EBCA77u;

	h ^= h >> 15;
	h *= 0x2C1B3C6Du;
	h ^= h >> 12;
	h *= 0x297A2D39u;
	h ^= h >> 15;
	return (float)(h & 0xFFFFFF) / 16777215.0f;
}

static float
smooth(float t)
{
	return t * t * (3.0f - 2.0f * t);
}

static float
noise(float x, float y)
{
	uint32_t ix = (uint32_t)x, iy = (uint32_t)y;
	float fx = smooth(x - (float)ix), fy = smooth(y - (float)iy);
	float top = corner(ix, iy) + (corner(ix + 1, iy) - corner(ix, iy)) * fx;
	float low =
		corner(ix, iy + 1) + (corner(ix + 1, iy + 1) - corner(ix, iy + 1)) * fx;

	return top + (low - top) * fy;
}

static float
cloud(float x, float y, int octaves)
{
	float sum = 0, weight = 0.5f;

	for (int i = 0; i < octaves; i++) {
		sum += noise(x, y) * weight;
		x *= 2.03f;
		y *= 2.03f;
		weight *= 0.5f;
	}
	return sum;
}

static uint8_t
byte(float v)
{
	return (uint8_t)lrintf(fminf(fmaxf(v, 0.0f), 1.0f) * 255.0f);
}

static bool
mark(uint8_t rgb[3], uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	uint32_t side = (width < height ? width : height) / 12;
	bool left = x < side, right = x >= width - side;
	bool top = y < side, bottom = y >= height - side;

	if (!((left && (top || bottom)) || (right && top)))
		return false;
	rgb[0] = left && top ? 220 : 30;
	rgb[1] = right && top ? 220 : 30;
	rgb[2] = left && bottom ? 220 : 30;
	return true;
}

void
scene_pixel(uint8_t rgb[3], uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	float u = (float)x / (float)width, v = (float)y / (float)height;
	float ridge = 0.55f + 0.25f * (cloud(u * 4.0f + 7.0f, 3.0f, 6) - 0.5f);
	float d = hypotf(u - 0.7f, (v - 0.3f) * (float)height / (float)width);

	if (mark(rgb, x, y, width, height))
		return;
	if (v < ridge) {
		float sun = expf(-d * d * 40.0f);
		float haze = cloud(u * 3.0f, v * 9.0f, 7) * 0.35f;

		rgb[0] = byte(0.25f + 0.6f * v + sun + haze * 0.6f);
		rgb[1] = byte(0.35f + 0.25f * v + sun * 0.8f + haze * 0.5f);
		rgb[2] = byte(0.65f - 0.35f * v + sun * 0.3f + haze * 0.4f);
	} else {
		float deep = (v - ridge) / (1.0f - ridge);
		float grass = cloud(u * 40.0f, v * 60.0f, 7);

		rgb[0] = byte((0.12f + 0.45f * grass) * (0.4f + deep));
		rgb[1] = byte((0.15f + 0.50f * grass) * (0.4f + deep));
		rgb[2] = byte((0.08f + 0.25f * grass) * (0.4f + deep));
	}
}
