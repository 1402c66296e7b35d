# ppd/: PPDs compiled from the .drv sources, and cupsd's type tables.
PPDC = ppdc
ppdmodeldir = $(datadir)/ppd/claimcheck
ppdmodel_DATA = ppd/ccphoto.ppd ppd/ccphotoe.ppd
EXTRA_DIST += %D%/photo.drv
CLEANFILES += $(ppdmodel_DATA) ppd/photo.stamp

# ppdc writes all models of a source at once.
ppd/photo.stamp: $(srcdir)/%D%/photo.drv
	$(AM_V_GEN)$(MKDIR_P) ppd && $(PPDC) -d ppd $(srcdir)/%D%/photo.drv && touch $@
ppd/ccphoto.ppd ppd/ccphotoe.ppd: ppd/photo.stamp

mimedir = $(cupsdatadir)/mime
dist_mime_DATA = %D%/claimcheck.types %D%/claimcheck.convs

ppdmodel_DATA += ppd/ccplate.ppd
EXTRA_DIST += %D%/plate.drv
CLEANFILES += ppd/plate.stamp
ppd/plate.stamp: $(srcdir)/%D%/plate.drv
	$(AM_V_GEN)$(MKDIR_P) ppd && $(PPDC) -d ppd $(srcdir)/%D%/plate.drv && touch $@
ppd/ccplate.ppd: ppd/plate.stamp
