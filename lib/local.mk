# lib/: one static library a room, lowest first.
include %D%/base/local.mk
include %D%/order/local.mk
include %D%/seal/local.mk
include %D%/wire/local.mk
include %D%/sandbox/local.mk
include %D%/ipp/local.mk
include %D%/image/local.mk
include %D%/colour/local.mk
include %D%/screen/local.mk
include %D%/plate/local.mk
