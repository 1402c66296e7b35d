# filters/
