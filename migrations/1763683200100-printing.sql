-- What is uploaded as a logo is decoded and written anew; a drawing is kept as the pixels that are printed.
alter table brand drop constraint brand_logo_type_check;
alter table brand add constraint brand_logo_type_check check (logo_type in ('image/png', 'image/jpeg'));
