/*
 * plate_image.c - the PDF around a picture. Five objects: catalog, pages, page, what it
 * draws, and the picture; a sixth if the picture brings a profile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"

#include "filters/plates/plate_image.h"
#include "filters/plates/plate_tiff.h"

#define ICC_SPACE_AT 16 /* ICC.1:2022 7.2.6: data colour space */
#define ICC_MIN	     132

bool
plate_image_is_jpeg(const void *head, size_t len)
{
	return len >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0;
}

bool
plate_image_is_tiff(const void *head, size_t len)
{
	static const char marks[4][5] = {"II*\0", "MM\0*", "II+\0", "MM\0+"};

	for (int i = 0; i < 4; i++)
		if (len >= 4 && memcmp(head, marks[i], 4) == 0)
			return true;
	return false;
}

/* --- the PDF --- */

static void
begin_object(struct plate_pdf *pdf, int number)
{
	pdf->at[number] = ftello(pdf->file);
	fprintf(pdf->file, "%d 0 obj\n", number);
}

static void
put_fixed_objects(struct plate_pdf *pdf, const struct plate_picture *p)
{
	double w = p->width / p->ppi_x * 72.0, h = p->height / p->ppi_y * 72.0;
	/* Exif and TIFF orientation 1 to 8 as the matrix of the unit square. */
	static const char *const turn[9] = {"",
					    "1 0 0 1 0 0",
					    "-1 0 0 1 1 0",
					    "-1 0 0 -1 1 1",
					    "1 0 0 -1 0 1",
					    "0 -1 -1 0 1 1",
					    "0 -1 1 0 0 1",
					    "0 1 1 0 0 0",
					    "0 1 -1 0 1 0"};
	const char *matrix = turn[p->orientation];
	double page_w = p->orientation > 4 ? h : w, page_h = p->orientation > 4 ? w : h;
	char draw[256];
	int n = snprintf(draw, sizeof(draw), "%.4f 0 0 %.4f 0 0 cm %s cm /P Do", page_w,
			 page_h, matrix);

	fputs("%PDF-1.7\n", pdf->file);
	begin_object(pdf, 1);
	fputs("<</Type/Catalog/Pages 2 0 R>>\nendobj\n", pdf->file);
	begin_object(pdf, 2);
	fputs("<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n", pdf->file);
	begin_object(pdf, 3);
	fprintf(pdf->file,
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.4f %.4f]/Contents 4 0 R"
		"/Resources<</XObject<</P 5 0 R>>>>>>\nendobj\n",
		page_w, page_h);
	begin_object(pdf, 4);
	fprintf(pdf->file, "<</Length %d>>stream\n%s\nendstream\nendobj\n", n, draw);
}

static const char *
icc_space(const struct plate_picture *p)
{
	static const struct {
		int colours;
		const char *space;
	} spaces[] = {{1, "GRAY"}, {3, "RGB "}, {4, "CMYK"}};

	for (int i = 0; i < 3; i++)
		if (p->icc_len >= ICC_MIN && p->colours == spaces[i].colours &&
		    memcmp(p->icc + ICC_SPACE_AT, spaces[i].space, 4) == 0)
			return spaces[i].space;
	return NULL;
}

static void
put_name(FILE *f, const char *name)
{
	putc('/', f);
	for (; *name != '\0'; name++)
		if ((*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'Z') ||
		    (*name >= 'a' && *name <= 'z'))
			putc(*name, f);
		else
			fprintf(f, "#%02X", (unsigned char)*name);
}

/* Spots: the alternative is what the process inks say; the renderer has planes for the
 * spots and never asks. */
static void
put_device_n(FILE *f, const struct plate_picture *p)
{
	fputs("[/DeviceN[/Cyan/Magenta/Yellow/Black", f);
	for (int i = 0; i < p->spots; i++)
		put_name(f, p->spot[i]);
	fprintf(f, "]/DeviceCMYK %d 0 R]", PLATE_PDF_TINT);
}

static void
put_colour_space(FILE *f, const struct plate_picture *p)
{
	fputs("/ColorSpace ", f);
	if (p->spots > 0)
		put_device_n(f, p);
	else if (icc_space(p) != NULL)
		fprintf(f, "[/ICCBased %d 0 R]", PLATE_PDF_ICC);
	else
		fputs(p->colours == 1	? "/DeviceGray"
		      : p->colours == 3 ? "/DeviceRGB"
					: "/DeviceCMYK",
		      f);
	if (p->inverted) {
		fputs("/Decode[", f);
		for (int i = 0; i < p->colours + p->spots; i++)
			fputs("1 0 ", f);
		putc(']', f);
	}
}

void
plate_pdf_begin_picture(struct plate_pdf *pdf, const struct plate_picture *p,
			const char *filter, uint64_t bytes)
{
	put_fixed_objects(pdf, p);
	begin_object(pdf, PLATE_PDF_PICTURE);
	fprintf(pdf->file,
		"<</Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent %d"
		"%s/Length %llu",
		p->width, p->height, p->bits, filter, (unsigned long long)bytes);
	put_colour_space(pdf->file, p);
	fputs(">>stream\n", pdf->file);
}

static void
put_tint(struct plate_pdf *pdf, const struct plate_picture *p)
{
	int colours = 4 + p->spots;

	begin_object(pdf, PLATE_PDF_TINT);
	fputs("<</FunctionType 4/Domain[", pdf->file);
	for (int i = 0; i < colours; i++)
		fputs("0 1 ", pdf->file);
	fprintf(pdf->file, "]/Range[0 1 0 1 0 1 0 1]/Length %d>>stream\n{",
		2 + 4 * p->spots);
	for (int i = 0; i < p->spots; i++)
		fputs("pop ", pdf->file);
	fputs("}\nendstream\nendobj\n", pdf->file);
}

static void
put_icc(struct plate_pdf *pdf, const struct plate_picture *p)
{
	begin_object(pdf, PLATE_PDF_ICC);
	fprintf(pdf->file, "<</N %d/Length %u>>stream\n", p->colours, p->icc_len);
	fwrite(p->icc, 1, p->icc_len, pdf->file);
	fputs("\nendstream\nendobj\n", pdf->file);
}

int
plate_pdf_end(struct plate_pdf *pdf, const struct plate_picture *p, struct error *err)
{
	off_t xref;

	fputs("\nendstream\nendobj\n", pdf->file);
	if (p->spots > 0)
		put_tint(pdf, p);
	if (icc_space(p) != NULL)
		put_icc(pdf, p);
	xref = ftello(pdf->file);
	fprintf(pdf->file, "xref\n0 %d\n0000000000 65535 f \n", PLATE_PDF_OBJECTS);
	for (int i = 1; i < PLATE_PDF_OBJECTS; i++)
		fprintf(pdf->file, "%010lld 00000 %c \n", (long long)pdf->at[i],
			pdf->at[i] != 0 ? 'n' : 'f');
	fprintf(pdf->file, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%lld\n%%%%EOF\n",
		PLATE_PDF_OBJECTS, (long long)xref);
	if (fflush(pdf->file) != 0 || ferror(pdf->file))
		return error_errno(err, "no memory for the picture");
	return 0;
}

/* --- JPEG: the header is read, the data goes in as it is --- */

struct jpeg_fault {
	struct jpeg_error_mgr mgr;
	jmp_buf back;
	char text[JMSG_LENGTH_MAX];
};

static void
jpeg_failed(j_common_ptr info)
{
	struct jpeg_fault *fault = (struct jpeg_fault *)info->err;

	fault->mgr.format_message(info, fault->text);
	longjmp(fault->back, 1);
}

static void
jpeg_say_nothing(j_common_ptr info)
{
	(void)info;
}

static double
plausible_ppi(double ppi)
{
	return ppi >= 10 && ppi <= 10000 ? ppi : PLATE_IMAGE_PPI;
}

static void
describe_jpeg(struct plate_picture *p, struct jpeg_decompress_struct *j)
{
	double unit = j->density_unit == 2 ? 2.54 : j->density_unit == 1 ? 1.0 : 0.0;
	JOCTET *icc = NULL;
	unsigned icc_len = 0;

	p->width = j->image_width;
	p->height = j->image_height;
	p->bits = 8;
	p->orientation = 1;
	p->colours = j->num_components;
	/* Adobe's CMYK JPEGs hold paper values; Ghostscript leaves them so. */
	p->inverted = j->num_components == 4 && j->saw_Adobe_marker;
	p->ppi_x = plausible_ppi(j->X_density * unit);
	p->ppi_y = plausible_ppi(j->Y_density * unit);
	if (jpeg_read_icc_profile(j, &icc, &icc_len)) {
		p->icc = icc;
		p->icc_len = icc_len;
	}
}

static int
read_jpeg_head(struct plate_picture *p, const uint8_t *data, size_t len,
	       struct error *err)
{
	struct jpeg_decompress_struct j;
	struct jpeg_fault fault;

	j.err = jpeg_std_error(&fault.mgr);
	fault.mgr.error_exit = jpeg_failed;
	fault.mgr.output_message = jpeg_say_nothing;
	if (setjmp(fault.back)) {
		jpeg_destroy_decompress(&j);
		return error_set(err, ERROR_INPUT, "the JPEG is damaged: %.160s",
				 fault.text);
	}
	jpeg_create_decompress(&j);
	jpeg_mem_src(&j, data, len);
	jpeg_save_markers(&j, JPEG_APP0 + 2, 0xffff);
	jpeg_read_header(&j, TRUE);
	describe_jpeg(p, &j);
	jpeg_destroy_decompress(&j);
	return 0;
}

int
plate_picture_check(const struct plate_picture *p, struct error *err)
{
	if (p->width == 0 || p->height == 0 || p->width > PLATE_IMAGE_SIDE_MAX ||
	    p->height > PLATE_IMAGE_SIDE_MAX ||
	    (uint64_t)p->width * p->height > PLATE_IMAGE_PIXELS_MAX)
		return error_set(err, ERROR_INPUT,
				 "the picture of %u x %u pixels is larger than %d "
				 "megapixels",
				 p->width, p->height, PLATE_IMAGE_PIXELS_MAX / 1000000);
	if (p->colours != 1 && p->colours != 3 && p->colours != 4)
		return error_set(err, ERROR_INPUT,
				 "the picture has %d colours; 1, 3 or 4 are known",
				 p->colours);
	return 0;
}

static int
wrap_jpeg(struct plate_pdf *pdf, struct plate_picture *p, const uint8_t *data,
	  size_t len, struct error *err)
{
	if (read_jpeg_head(p, data, len, err) != 0 || plate_picture_check(p, err) != 0)
		return -1;
	plate_pdf_begin_picture(pdf, p, "/Filter/DCTDecode", len);
	fwrite(data, 1, len, pdf->file);
	return plate_pdf_end(pdf, p, err);
}

static int
wrap(struct plate_pdf *pdf, const uint8_t *data, size_t len, struct error *err)
{
	struct plate_picture p = {0};
	int rc = plate_image_is_jpeg(data, len)
			 ? wrap_jpeg(pdf, &p, data, len, err)
			 : plate_tiff_wrap(pdf, &p, data, len, err);

	free(p.icc);
	return rc;
}

static int
open_pdf(struct plate_pdf *pdf, int *fd, struct error *err)
{
	memset(pdf, 0, sizeof(*pdf));
	*fd = memfd_create("picture", MFD_CLOEXEC);
	pdf->file = *fd < 0 ? NULL : fdopen(dup(*fd), "w");
	if (pdf->file == NULL)
		return error_errno(err, "no memory for the picture");
	return 0;
}

int
plate_image_wrap(int document, const struct plate_options *options, int *out,
		 struct error *err)
{
	struct plate_pdf pdf;
	struct stat st;
	uint8_t *data;
	int fd, rc = -1;

	(void)options;
	*out = -1;
	if (fstat(document, &st) != 0)
		return error_errno(err, "the document can't be read");
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, document, 0);
	if (data == MAP_FAILED)
		return error_errno(err, "the document can't be read");
	if (open_pdf(&pdf, &fd, err) == 0) {
		rc = wrap(&pdf, data, (size_t)st.st_size, err);
		fclose(pdf.file);
	}
	munmap(data, (size_t)st.st_size);
	if (rc == 0)
		*out = fd;
	else if (fd >= 0)
		close(fd);
	return rc;
}
