/*
 * scene.h - a picture that looks like a photograph and tells where up is.
 *
 * Hills under an evening sky, made of noise: gradients, fine detail, deep shadow and
 * saturated colour, the same on every machine. In its corners stand squares, a twelfth
 * of the short side each: red at the top left, green at the top right, blue at the
 * bottom left, so that an orientation or a lost profile can be told from four pixels.
 */
#ifndef CC_TESTS_SCENE_H
#define CC_TESTS_SCENE_H

#include <stdint.h>

/* rgb[3] of the upright picture at (x, y), 0 <= x < width, 0 <= y < height, encoded as
 * the embedded profile will say. */
void scene_pixel(uint8_t rgb[3], uint32_t x, uint32_t y, uint32_t width,
		 uint32_t height);

#endif
